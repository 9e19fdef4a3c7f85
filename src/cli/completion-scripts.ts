/** Completion for the shells: static scripts, so that a completion starts no program of ours. */
import type { Flag, Place, Shell } from "./completion-tree.ts";

export function completionScript(shell: Shell, places: readonly Place[]): string {
  return { bash, zsh, fish }[shell](places);
}

/** Spellings of a flag, the long one first. */
function spellings({ name, short }: Flag): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

/** The flags that take a value, of all places: whatever the place, the word after them is no command. */
function valued(places: readonly Place[]): string[] {
  const flags = places.flatMap(({ flags: own }) => own.filter(({ value }) => value !== undefined));
  return [...new Set(flags.flatMap(spellings))].sort();
}

// bash itself knows blanks and folders; the one that macOS has cannot be asked for it here.
const files = 'compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$current"))';

function bash(places: readonly Place[]): string {
  const cases = places.flatMap(({ words, next, flags }) => {
    const place = words.join(" ");
    const names = next.map(({ name }) => name).join(" ");
    return [
      `    ${quote(place)}) words=${quote(names)} flags=${quote(flags.flatMap(spellings).join(" "))} ;;`,
    ];
  });
  const values = places.flatMap(({ words, flags }) =>
    flags.flatMap((flag) => {
      const { value } = flag;
      if (value === undefined) return [];
      const patterns = spellings(flag).map((each) => quote(`${words.join(" ")}|${each}`));
      if (value.isFile) return [`    ${patterns.join("|")}) ${files}; return ;;`];
      if (value.options.length === 0) return [];
      return [`    ${patterns.join("|")}) candidates=${quote(value.options.join(" "))} ;;`];
    }),
  );
  return `# bash completion for moltbot. In ~/.bashrc:  source <(moltbot completion bash)
_moltbot() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" place="" word index candidates="" words="" flags="" skip=0
  COMPREPLY=()
  # bash takes --flag=value apart: the flag then stands two words back.
  if [[ $current == "=" ]]; then current=""; previous="\${COMP_WORDS[COMP_CWORD-1]}"
  elif [[ \${COMP_WORDS[COMP_CWORD-1]} == "=" ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  elif ((COMP_CWORD > 1)); then previous="\${COMP_WORDS[COMP_CWORD-1]}"
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if ((skip)); then
      [[ $word == "=" ]] || skip=0
      continue
    fi
    case "$word" in
      ${valued(places).map(quote).join("|")}) skip=1 ;;
      -*|=) ;;
      *) case "\${place:+$place }$word" in
        ${placePatterns(places)}) place="\${place:+$place }$word" ;;
      esac ;;
    esac
  done
  case "$place|$previous" in
${values.join("\n")}
    ${anyValued(places)}) return ;;
  esac
  if [[ -z $candidates ]]; then
    case "$place" in
${cases.join("\n")}
    esac
    candidates="$words"
    if [[ -z $words || $current == -* ]]; then candidates="$flags"; fi
  fi
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -F _moltbot moltbot
`;
}

function placePatterns(places: readonly Place[]): string {
  return places
    .filter(({ words }) => words.length > 0)
    .map(({ words }) => quote(words.join(" ")))
    .join("|");
}

/** A value that nothing is known about is not completed with commands and flags. */
function anyValued(places: readonly Place[]): string {
  return valued(places)
    .map((flag) => `*${quote(`|${flag}`)}`)
    .join("|");
}

function zsh(places: readonly Place[]): string {
  const cases = places.map(({ words, next, flags }) => {
    const specs = flags.flatMap(zshFlags).map((spec) => `      ${quote(spec)}`);
    const words_ = next.map(({ name, summary }) => `        ${quote(`${colons(name)}:${summary}`)}`);
    return `    ${quote(words.join(" "))})
      specs=(
${specs.join("\n")}
      )
      commands=(
${words_.join("\n")}
      ) ;;`;
  });
  return `#compdef moltbot
# zsh completion for moltbot. In ~/.zshrc, after compinit:  source <(moltbot completion zsh)
_moltbot() {
  local place="" word index=2 skip=0
  local -a specs commands
  while ((index < CURRENT)); do
    word="\${words[index]}"
    if ((skip)); then
      skip=0
    else
      case "$word" in
        ${valued(places).map(quote).join("|")}) skip=1 ;;
        -*) ;;
        *) case "\${place:+$place }$word" in
          ${placePatterns(places)})
            place="\${place:+$place }$word"
            # What follows is completed as if the command began here.
            words=("$word" "\${(@)words[index+1,-1]}")
            ((CURRENT -= index - 1, index = 1)) ;;
        esac ;;
      esac
    fi
    ((index++))
  done
  case "$place" in
${cases.join("\n")}
  esac
  if (($#commands)) && [[ \${words[CURRENT]} != -* ]] && ! ((skip)); then
    _describe -t commands 'moltbot command' commands
  else
    # Words of which nothing is known may stand here, and none is offered.
    _arguments -s -S : $specs '*:word:()'
  fi
}
if [[ "\${funcstack[1]}" == _moltbot ]]; then _moltbot "$@"; else compdef _moltbot moltbot; fi
`;
}

function zshFlags(flag: Flag): string[] {
  const { value } = flag;
  const summary = `[${flag.summary.replace(/[[\]\\]/g, "\\$&")}]`;
  const action =
    value === undefined
      ? ""
      : `:${colons(value.hint)}:${value.isFile ? "_files" : value.options.length > 0 ? `(${value.options.join(" ")})` : "()"}`;
  const all = spellings(flag);
  // Two spellings exclude each other.
  const others = all.length === 1 ? "" : `(${all.join(" ")})`;
  return all.map((each) => {
    const assign = value === undefined ? "" : each.startsWith("--") ? "=" : "+";
    return `${others}${each}${assign}${summary}${action}`;
  });
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ words, next, flags }) => {
    const at = `-n ${quote(["__moltbot_at", ...words].join(" "))}`;
    return [
      ...next.map(({ name, summary }) => `complete -c moltbot ${at} -a ${name} -d ${quote(summary)}`),
      ...flags.map((flag) => `complete -c moltbot ${at} ${fishFlag(flag)}`),
    ];
  });
  return `# fish completion for moltbot. In ~/.config/fish/config.fish:  moltbot completion fish | source
function __moltbot_at
  set -l place
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case ${valued(places).join(" ")}
        set skip 1
      case '-*'
      case '*'
        if contains -- (string join ' ' -- $place $word) ${places
          .filter(({ words }) => words.length > 0)
          .map(({ words }) => quote(words.join(" ")))
          .join(" ")}
          set -a place $word
        end
    end
  end
  test "$place" = "$argv"
end
complete -c moltbot -f
${lines.join("\n")}
`;
}

function fishFlag(flag: Flag): string {
  const { name, short, summary, value } = flag;
  const spelt = `${short === undefined ? "" : `-s ${short} `}-l ${name}`;
  if (value === undefined) return `${spelt} -d ${quote(summary)}`;
  const options = value.options.length > 0 ? ` -a ${quote(value.options.join(" "))}` : "";
  return `${spelt} ${value.isFile ? "-rF" : "-x"}${options} -d ${quote(summary)}`;
}

/** A word of the shell, whatever stands in it: the same for all three. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** zsh parts a name from its description by a colon. */
function colons(text: string): string {
  return text.replaceAll(":", "\\:");
}
