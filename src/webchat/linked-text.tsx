import type { JSX } from "preact";

const address = /(https:\/\/[^\s<>"'，。；、）)]*[^\s<>"'，。；、）).,;:!?])/;

/** A sentence of the gateway's whose addresses can be followed. */
export function LinkedText({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text.split(address).map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <a key={index} href={part} target="_blank" rel="noopener noreferrer">
            {part}
          </a>
        ),
      )}
    </>
  );
}
