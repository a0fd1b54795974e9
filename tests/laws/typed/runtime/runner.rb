# Runs the programs of a folder, each in its module, with the flag's value.

class Endless < Exception # rubocop:disable Lint/InheritException -- programs rescue ordinary errors
end

module Unleash
  class Client
    def is_enabled?(key)
      key == 'other' || Rt.value
    end
  end
end

module Rt
  class << self
    attr_accessor :value, :seen

    def note(text)
      raise Endless if seen.size > 5000

      seen << text
    end

    def t(shown)
      note(shown.inspect)
    end

    def f(mark, given)
      note("f#{mark}")
      given
    end
  end
end

folder = ARGV[0]
$VERBOSE = nil
File.open("#{folder}/traces", 'w') do |traces|
  File.readlines("#{folder}/jobs", chomp: true).each do |job|
    name, value = job.split
    Rt.value = value == '1'
    Rt.seen = []
    begin
      made = "M#{name}"
      unless Object.const_defined?(made)
        code = File.read("#{folder}/#{name}.rb").sub("require 'unleash'", '')
        eval("module #{made}; #{code}\nend", TOPLEVEL_BINDING, name)
      end
      Object.const_get(made).const_get(:Program).new.run
    rescue Endless
      Rt.seen << 'endless'
    rescue StandardError, ScriptError => e
      Rt.seen << "uncaught #{e.class}: #{e.message.lines.first}".chomp
    end
    traces.puts("##{job}", *Rt.seen.map { |line| " #{line}" })
  end
end
