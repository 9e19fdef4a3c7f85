import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type App, useApp } from "./app.ts";
import type { Draft, Picture } from "./draft.ts";
import { Icon } from "./icons.tsx";
import { pictureTexts } from "./picture-texts.ts";
import { roomFor, sizeOf } from "./room.ts";
import style from "./tray.css" with { type: "text" };
import { wear } from "./wear.ts";

/** The pictures that go with the message, with how much of what may be sent they take. */
export function Tray({ draft }: { draft: Draft }): JSX.Element {
  const app = useApp();
  const text = pictureTexts[app.language.name.value];
  const list = useRef<HTMLUListElement>(null);
  const pictures = draft.pictures.value;
  const blind = useSignal<string | undefined>(undefined);
  useLayoutEffect(() => wear(style), []);

  const model = modelOf(app);
  useEffect(() => {
    blind.value = undefined;
    if (model === undefined) return;
    const isIt = ({ provider, id }: { provider: string; id: string }) => `${provider}/${id}` === model;
    app.wire.call("models.list", {}).then(
      ({ models }) => {
        const input = models.find(isIt)?.input;
        if (input !== undefined && !input.includes("image")) blind.value = model;
      },
      // Who does not know says nothing.
      () => {},
    );
  }, [model]);

  const nameOf = ({ name }: Picture, index: number) => name || text.unnamed(index + 1);
  const images = pictures.map(({ image }) => image);
  const limit = roomFor(app.wire.hello.value?.policy.maxPayload);
  const size = `${Math.ceil(sizeOf(draft.text.value, images) / 1024)} KiB`;

  function remove(picture: Picture, index: number) {
    draft.pictures.value = pictures.filter((each) => each !== picture);
    app.announce(text.removed(nameOf(picture, index)));
    // What was made smaller may now be larger again.
    void app.attach([]);
    // The keyboard goes on at the next one, or where the message is typed.
    const buttons = list.current?.querySelectorAll("button");
    const next = buttons?.[index + 1] ?? buttons?.[index - 1] ?? document.getElementById("message");
    next?.focus();
  }

  return (
    <div class="tray">
      <ul aria-label={text.tray} ref={list}>
        {pictures.map((picture, index) => (
          <li key={picture.id}>
            <img
              alt={nameOf(picture, index)}
              title={nameOf(picture, index)}
              src={`data:${picture.image.mimeType};base64,${picture.image.data}`}
            />
            <button
              type="button"
              aria-label={text.remove(nameOf(picture, index))}
              title={text.remove(nameOf(picture, index))}
              onClick={() => remove(picture, index)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {blind.value !== undefined && <p>{text.unseen(blind.value)}</p>}
      <p>{text.room(pictures.length, size, `${Math.floor(limit / 1024)} KiB`)}</p>
    </div>
  );
}

/** What will answer in the chat on screen: the model chosen for it, else the default. */
function modelOf(app: App): string | undefined {
  const row = app.sessions.list.value.find(({ key }) => key === app.current.value);
  if (row?.model !== undefined && row.modelProvider !== undefined) return `${row.modelProvider}/${row.model}`;
  const model = app.wire.health.value?.model;
  return model === "none" ? undefined : model;
}
