// Reads {name: {path, text}} from a JSON file and prints {name: [what doesn't compile]}. With TypeScript each file is
// looked at alone: syntax, names that nothing declares, names declared twice. Without it only JavaScript is parsed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';

const files = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ts = typescript();
const TOLD = new Set([2300, 2304, 2448, 2451, 2454, 2503, 2552, 2588, 2695, 18004]);
const NAME = /^(.*?)( Did you mean .*)?$/s;

function typescript() {
  try {
    return createRequire(process.cwd() + '/')('typescript');
  } catch {
    return null;
  }
}

function told(path, text) {
  const options = { noLib: true, noResolve: true, types: [], allowJs: true, checkJs: true, jsx: 1, target: 99, module: 99, strict: true, experimentalDecorators: true };
  const source = ts.createSourceFile(path, text, 99, true);
  const host = {
    getSourceFile: (name) => (name === path ? source : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    writeFile: () => {},
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === path,
    readFile: () => undefined,
  };
  const program = ts.createProgram([path], options, host);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source).filter(({ code }) => TOLD.has(code))];
  return found.map(({ code, messageText }) => `${code} ${NAME.exec(ts.flattenDiagnosticMessageText(messageText, ' '))[1]}`);
}

function parsed(path, text) {
  if (!/\.[cm]?js$/.test(path)) return [];
  try {
    new vm.SourceTextModule(text);
    return [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) return [];
  }
  try {
    new vm.Script(`(function () {${text}\n})`);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

const results = {};
for (const [name, { path, text }] of Object.entries(files)) {
  results[name] = ts ? told(path, text) : parsed(path, text);
}
process.stdout.write(JSON.stringify(results));
