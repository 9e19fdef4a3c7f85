import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Params, Result } from "#protocol";
import type { FoundServer } from "#protocol/domains/models.ts";
import { useApp } from "./app.ts";
import { ModelForm } from "./model-form.tsx";
import style from "./model-help.css" with { type: "text" };
import { modelTexts } from "./model-texts.ts";
import { wear } from "./wear.ts";

export type AddModel = (model: Params<"models.add">) => Promise<void>;

/** The ways to a first model: a server that runs on this computer, a provider's key, or an address. */
export function ModelHelp(): JSX.Element | null {
  const app = useApp();
  const text = modelTexts[app.language.name.value];
  const discovered = useSignal<Result<"models.discover"> | undefined>(undefined);
  const form = useSignal<"key" | "address" | undefined>(undefined);
  const trying = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const mayAdd = app.may.value.administer && app.has("models.add");
  const mayLook = mayAdd && app.has("models.discover");
  const keyButton = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => wear(style), []);
  useEffect(() => {
    if (mayLook) void look(false);
  }, [mayLook]);

  async function look(refresh: boolean) {
    failure.value = undefined;
    if (refresh) discovered.value = undefined;
    try {
      discovered.value = await app.wire.call("models.discover", { refresh });
    } catch (error) {
      discovered.value = { enabled: false, found: [], providers: [] };
      failure.value = text.failed(reasonOf(error));
    }
  }

  async function add(model: Params<"models.add">) {
    if (trying.value) return;
    trying.value = true;
    failure.value = undefined;
    try {
      const added = await app.wire.call("models.add", { makeDefault: true, ...model });
      const { model: name, applied, mendFirst } = added;
      const sentence = applied
        ? text.done(name)
        : mendFirst === undefined
          ? text.afterRestart(name)
          : text.mendFirst(name, mendFirst.join("; "));
      app.note(sentence);
      document.getElementById("message")?.focus();
      // Where this fails, the gateway says by itself within a minute which model answers.
      await app.wire.refreshHealth().catch(() => {});
    } catch (error) {
      failure.value = text.failed(reasonOf(error));
    } finally {
      trying.value = false;
    }
  }

  function back() {
    form.value = undefined;
    failure.value = undefined;
    requestAnimationFrame(() => keyButton.current?.focus());
  }

  if (!app.has("models.add")) return null;
  if (!mayAdd) {
    return (
      <p class="model-help">
        {text.notHere} <code>moltbot open</code>
      </p>
    );
  }
  const known = discovered.value;
  return (
    <section class="model-help" aria-label={text.title}>
      <h3>{text.title}</h3>
      <div role="status">
        {known === undefined && mayLook && <p>{text.looking}</p>}
        {trying.value && <p>{text.trying}</p>}
        {failure.value !== undefined && <p class="failed">{failure.value}</p>}
      </div>
      {form.value !== undefined && known !== undefined ? (
        <ModelForm
          kind={form.value}
          providers={known.providers.filter(({ needsKey }) => needsKey)}
          busy={trying.value}
          add={add}
          back={back}
        />
      ) : (
        known !== undefined && (
          <>
            {known.found.map((server) => (
              <Found key={server.id} server={server} busy={trying.value} add={add} />
            ))}
            {known.enabled && known.found.length === 0 && <p>{text.noneFound}</p>}
            <div class="ways">
              {known.providers.some(({ needsKey }) => needsKey) && (
                <button
                  type="button"
                  ref={keyButton}
                  onClick={() => {
                    form.value = "key";
                  }}
                >
                  {text.pasteKey}
                </button>
              )}
              <button
                type="button"
                onClick={() => {
                  form.value = "address";
                }}
              >
                {text.other}
              </button>
              {known.enabled && (
                <button type="button" class="link" onClick={() => look(true)}>
                  {text.lookAgain}
                </button>
              )}
            </div>
          </>
        )
      )}
    </section>
  );
}

/** A server on this computer: a button where it has one model, else a choice among them. */
function Found({ server, busy, add }: { server: FoundServer; busy: boolean; add: AddModel }): JSX.Element {
  const text = modelTexts[useApp().language.name.value];
  const { id, name, baseUrl, models } = server;
  const chosen = useSignal(models[0]);
  const model = chosen.value;
  if (model === undefined) return <p>{text.foundNone(name)}</p>;
  const use = () => {
    // The first is the one that answers; the others are there to be chosen.
    void add({ provider: id, baseUrl, models: [model, ...models.filter((each) => each !== model)] });
  };
  if (models.length === 1) {
    return (
      <button type="button" class="primary" disabled={busy} onClick={use}>
        {text.foundOne(name, model)}
      </button>
    );
  }
  return (
    <div class="found">
      <p>{text.foundMany(name, models.length)}</p>
      <div class="ways">
        <select
          aria-label={text.modelOf(name)}
          value={model}
          onChange={(event) => {
            chosen.value = event.currentTarget.value;
          }}
        >
          {models.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <button type="button" class="primary" disabled={busy} onClick={use}>
          {text.use}
        </button>
      </div>
    </div>
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
