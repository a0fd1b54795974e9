// Usage: node node_answers.mjs FOLDER URL TOKEN QUESTION: on or off for each flag and context, as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, url, token, question] = process.argv.slice(2);
const { startUnleash } = createRequire(`${folder}/`)("unleash-client");
const { contexts, names } = JSON.parse(readFileSync(question, "utf-8"));
const unleash = await startUnleash({
  url,
  appName: "shop",
  environment: "development",
  customHeaders: { Authorization: token },
  refreshInterval: 60_000,
  disableMetrics: true,
  storageProvider: { get: async () => undefined, set: async () => undefined },
});
const asked = contexts.map(({ currentTime, ...rest }) =>
  currentTime === undefined ? rest : { ...rest, currentTime: new Date(currentTime) },
);
const answers = names.map((name) => [name, asked.map((context) => unleash.isEnabled(name, context))]);
unleash.destroy();
console.log(JSON.stringify(Object.fromEntries(answers)));
