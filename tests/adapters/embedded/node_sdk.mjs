// Usage: node node_sdk.mjs FOLDER URL TOKEN: what the real SDK for Node says of the flags, as JSON.
import { createRequire } from "node:module";

const [folder, url, token] = process.argv.slice(2);
const { startUnleash } = createRequire(`${folder}/`)("unleash-client");
const unleash = await startUnleash({
  url,
  appName: "shop",
  customHeaders: { Authorization: token },
  refreshInterval: 60_000,
  storageProvider: { get: async () => undefined, set: async () => undefined },
});
unleash.on("error", (error) => console.error(error));
const asked = (country) => unleash.isEnabled("norway", { userId: "7", properties: { country } });
const { name, enabled, payload } = unleash.getVariant("coloured", { userId: "7" });
const found = {
  everybody: unleash.isEnabled("everybody", { userId: "7" }),
  norway: { no: asked("no"), se: asked("se") },
  off: unleash.isEnabled("off"),
  unknown: unleash.isEnabled("no-such-flag"),
  variant: { name, enabled, payload },
};
await unleash.destroyWithFlush();
console.log(JSON.stringify(found));
