# Evaluates a Homebrew formula as Homebrew would for one system, and prints what it says as JSON.
# Usage: ruby formula-dsl.rb FORMULA (macos|linux) (arm|intel)
require "json"

FACTS = {}
SYSTEM = ARGV[1]
PROCESSOR = ARGV[2]

class Place
  attr_reader :path
  def initialize(path) = @path = path
  def /(other) = Place.new("#{@path}/#{other}")
  def to_s = @path
  def install(*files) = (FACTS[:installs] ||= []).push([@path, files.flatten.map(&:to_s)])
end

module Places
  %w[bin man1 var opt_bin bash_completion].each { |name| define_method(name) { Place.new(name) } }
end

class Livecheck
  def url(text) = FACTS[:livecheck_url] = text
  def regex(pattern) = FACTS[:livecheck_regex] = pattern.source
  def strategy(name) = FACTS[:livecheck_strategy] = name
end

class Service
  include Places
  def run(words) = note(:run, words.map(&:to_s))
  def keep_alive(**rules)
    raise ArgumentError, "keep_alive knows no #{rules.keys}" unless (rules.keys - %i[always successful_exit crashed path]).empty?
    note(:keep_alive, rules)
  end
  def environment_variables(**names) = note(:environment, names)
  def std_service_path_env = "std_service_path_env"
  def log_path(path) = note(:log, path.to_s)
  def error_log_path(path) = note(:error_log, path.to_s)
  def process_type(kind)
    raise ArgumentError, "no process type #{kind}" unless %i[background standard interactive adaptive].include?(kind)
    note(:process_type, kind)
  end
  def note(name, value) = (FACTS[:service] ||= {})[name] = value
end

class Formula
  include Places
  class << self
    %i[desc homepage version license url sha256].each do |name|
      define_method(name) do |value|
        raise ArgumentError, "#{name} is said twice" if FACTS.key?(name)
        FACTS[name] = value
      end
    end
    def on_macos(&block) = (block.call if SYSTEM == "macos")
    def on_linux(&block) = (block.call if SYSTEM == "linux")
    def on_arm(&block) = (block.call if PROCESSOR == "arm")
    def on_intel(&block) = (block.call if PROCESSOR == "intel")
    def livecheck(&block) = Livecheck.new.instance_eval(&block)
    def service(&block) = Service.new.instance_eval(&block)
    def test(&block) = @test = block
    def inherited(child) = @formula = child
    def found = @formula
    def tests = @test
  end
  def version = FACTS[:version]
  def generate_completions_from_executable(*words, **rules) = FACTS[:completions] = [words.map(&:to_s), rules]
  def assert_match(wanted, text) = (FACTS[:tests] ||= []).push(["assert_match", wanted, text])
  def shell_output(line) = line
  def system(*words) = (FACTS[:tests] ||= []).push(["system", *words.map(&:to_s)])
end

load ARGV[0]
one = Formula.found.new
one.install
FACTS[:caveats] = one.caveats
one.instance_eval(&Formula.found.tests)
puts JSON.generate(FACTS)
