import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
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
  useLayoutEffect(() => wear(style), []);

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
      <p>{text.room(pictures.length, size, `${Math.floor(limit / 1024)} KiB`)}</p>
    </div>
  );
}
