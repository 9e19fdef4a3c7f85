import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useApp } from "./app.ts";
import type { Conversation } from "./conversation.ts";
import { ModelHelp } from "./model-help.tsx";
import { wear } from "./wear.ts";
import style from "./welcome.css" with { type: "text" };
import { welcomeTexts } from "./welcome-texts.ts";

/** An empty chat where no model answers: what does, and the ways to one. */
export function FirstRun({ conversation }: { conversation: Conversation }): JSX.Element {
  const app = useApp();
  const text = welcomeTexts[app.language.name.value];
  useLayoutEffect(() => wear(style), []);
  const commands = [
    ["/help", text.commandHelp],
    ["/model", text.commandModel],
    ["/status", text.commandStatus],
  ] as const;
  return (
    <div class="welcome">
      <p class="badge">{app.language.text.value.helperBadge}</p>
      <h2>{text.helperWelcome}</h2>
      <p>{text.helperIntro}</p>
      <ModelHelp />
      {app.may.value.administer && app.has("channels.login.start") && (
        <button
          type="button"
          class="command"
          onClick={() => {
            app.showsChannels.value = true;
          }}
        >
          {text.connectApp}
        </button>
      )}
      {app.may.value.write && (
        <>
          <p>{text.helperTry}</p>
          <ul>
            {commands.map(([command, meaning]) => (
              <li key={command}>
                <button
                  type="button"
                  class="command"
                  onClick={() => conversation.send({ text: command, images: [] })}
                >
                  <code>{command}</code>
                  <span>{meaning}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
