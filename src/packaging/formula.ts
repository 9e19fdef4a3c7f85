/** An archive of a release. */
export interface Released {
  /** The target's name. */
  target: string;
  file: string;
  sha256: string;
}

export interface FormulaOptions {
  version: string;
  license: string;
  description: string;
  /** Where the archives of all versions are listed; each version's lie in `v<version>/` below it. */
  baseUrl: string;
  archives: readonly Released[];
}

/** A Homebrew formula for a tap of our own, for the archives as they are. */
export function formula({ version, license, description, baseUrl, archives }: FormulaOptions): string {
  const base = baseUrl.replace(/\/+$/, "");
  const source = (target: string, indent: string): string => {
    const found = archives.find((each) => each.target === target);
    if (found === undefined) throw new Error(`the release has no archive for ${target}`);
    return [`url ${quoted(`${base}/v${version}/${found.file}`)}`, `sha256 ${quoted(found.sha256)}`]
      .map((line) => indent + line)
      .join("\n");
  };
  return `class Moltbot < Formula
  desc ${quoted(description.replace(/\.$/, ""))}
  homepage ${quoted(base)}
  version ${quoted(version)}
  license ${quoted(license)}

  livecheck do
    url ${quoted(`${base}/`)}
    regex(%r{href=["']?v?(\\d+(?:\\.\\d+)+)/?["' >]}i)
    strategy :page_match
  end

  on_macos do
    on_arm do
${source("darwin-arm64", "      ")}
    end
    on_intel do
${source("darwin-x64", "      ")}
    end
  end

  on_linux do
    on_arm do
${source("linux-arm64", "      ")}
    end
    on_intel do
${source("linux-x64", "      ")}
    end
  end

  def install
    bin.install "moltbot"
    man1.install Dir["man/man1/*.1"]
    generate_completions_from_executable(bin/"moltbot", "completion", shells: [:bash, :zsh, :fish])
  end

  def caveats
    <<~EOS
      To keep the gateway running, use one of these, not both:
        brew services start moltbot
        moltbot service install
    EOS
  end

  service do
    run [opt_bin/"moltbot", "gateway", "--service"]
    keep_alive successful_exit: false
    environment_variables PATH: std_service_path_env
    log_path var/"log/moltbot.log"
    error_log_path var/"log/moltbot.log"
    process_type :interactive
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/moltbot --version")
    system bin/"moltbot", "config", "validate"
  end
end
`;
}

/** A string of Ruby in which nothing is replaced. */
function quoted(text: string): string {
  return `"${text.replace(/["\\#]/g, (sign) => `\\${sign}`)}"`;
}
