import type { JSX } from "preact";
import { useApp } from "./app.ts";
import type { Conversation } from "./conversation.ts";

/** An empty chat: what will answer here, and the first steps where no model is set. */
export function Welcome({ conversation }: { conversation: Conversation }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  if (app.wire.health.value?.model !== "none") {
    return (
      <div class="welcome">
        <h2>{text.welcome}</h2>
        <p>{text.welcomeHint}</p>
      </div>
    );
  }
  const commands = [
    ["/help", text.commandHelp],
    ["/model", text.commandModel],
    ["/status", text.commandStatus],
  ] as const;
  return (
    <div class="welcome">
      <p class="badge">{text.helperBadge}</p>
      <h2>{text.helperWelcome}</h2>
      <p>{text.helperIntro}</p>
      {app.may.value.write && (
        <>
          <p>{text.helperTry}</p>
          <ul>
            {commands.map(([command, meaning]) => (
              <li key={command}>
                <button type="button" class="command" onClick={() => conversation.send(command)}>
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
