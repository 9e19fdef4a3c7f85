import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { KnownProvider } from "#protocol/domains/models.ts";
import { useApp } from "./app.ts";
import type { AddModel } from "./model-help.tsx";
import { modelTexts } from "./model-texts.ts";

interface ModelFormProps {
  /** A key for a provider known by name, or the address of any server. */
  kind: "key" | "address";
  providers: readonly KnownProvider[];
  busy: boolean;
  add: AddModel;
  back(): void;
}

/** Takes what a provider needs. The key is in the field and on its way, and nowhere else in the page. */
export function ModelForm({ kind, providers, busy, add, back }: ModelFormProps): JSX.Element {
  const text = modelTexts[useApp().language.name.value];
  const first = useRef<HTMLSelectElement & HTMLInputElement>(null);
  const key = useRef<HTMLInputElement>(null);
  const chosen = useSignal(providers[0]?.id);
  const badAddress = useSignal(false);
  const provider = providers.find(({ id }) => id === chosen.value);
  useEffect(() => first.current?.focus(), []);

  function submit() {
    const apiKey = key.current?.value.trim() ?? "";
    if (kind === "key") {
      if (provider !== undefined && apiKey !== "") void add({ provider: provider.id, apiKey });
      return;
    }
    const baseUrl = first.current?.value.trim() ?? "";
    const id = providerOf(baseUrl);
    badAddress.value = id === undefined;
    if (id !== undefined) void add({ provider: id, baseUrl, ...(apiKey !== "" && { apiKey }) });
  }

  return (
    <form
      class="model-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {kind === "key" ? (
        <label>
          {text.provider}
          <select
            ref={first}
            value={chosen.value}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
            }}
          >
            {providers.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <label>
          {text.address}
          <input ref={first} inputMode="url" autocomplete="off" required aria-describedby="address-hint" />
        </label>
      )}
      {kind === "address" && (
        <p class="hint" id="address-hint" role={badAddress.value ? "alert" : undefined}>
          {badAddress.value ? text.badAddress : text.addressHint}
        </p>
      )}
      <label>
        {kind === "key" ? text.key : text.keyMaybe}
        <input
          ref={key}
          type="password"
          // Neither the browser nor a program in it is to keep it.
          autocomplete="new-password"
          spellcheck={false}
          required={kind === "key"}
          aria-describedby="key-hint"
        />
      </label>
      <p class="hint" id="key-hint">
        {text.keyKept}
        {kind === "key" && provider?.keyPage !== undefined && (
          <>
            {" "}
            <a href={provider.keyPage} target="_blank" rel="noopener noreferrer">
              {text.getKey(provider.name)}
            </a>
          </>
        )}
      </p>
      <div class="ways">
        <button type="submit" class="primary" disabled={busy}>
          {text.add}
        </button>
        <button type="button" onClick={back}>
          {text.back}
        </button>
      </div>
    </form>
  );
}

/** A name for the server at an address; undefined where it is none. */
function providerOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const name = url.hostname.replace(/[^a-z0-9.-]/g, "").replace(/^[^a-z0-9]+/, "");
  return name === "" ? "server" : name.slice(0, 64);
}
