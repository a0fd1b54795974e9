// Usage: node browser_sdk.mjs FOLDER URL TOKEN: what the real client for browsers says of the flags, as JSON.
import { createRequire } from "node:module";

const [folder, url, clientKey] = process.argv.slice(2);
const { UnleashClient } = createRequire(`${folder}/`)("unleash-proxy-client");

async function started(more) {
  const client = new UnleashClient({
    url,
    clientKey,
    appName: "web",
    refreshInterval: 60,
    metricsIntervalInitial: 0,
    metricsInterval: 0.2,
    ...more,
  });
  client.on("error", (error) => console.error(error));
  const ready = new Promise((resolve) => client.on("ready", resolve));
  client.updateContext({ userId: "7" });
  client.start();
  await ready;
  return client;
}

const client = await started({});
const counted = new Promise((resolve) => client.on("sent", resolve));
const first = Object.fromEntries(["everybody", "norway", "off"].map((name) => [name, client.isEnabled(name)]));
const { name, enabled, payload } = client.getVariant("coloured");
await client.updateContext({ userId: "7", properties: { country: "no" } });
const afterwards = { norway: client.isEnabled("norway") };
const poster = await started({ usePOSTrequests: true });
await poster.updateContext({ userId: "7", properties: { country: "no" } });
const posted = Object.fromEntries(["everybody", "norway"].map((name) => [name, poster.isEnabled(name)]));
await counted;
client.stop();
poster.stop();
console.log(JSON.stringify({ first, afterwards, posted, variant: { name, enabled, payload } }));
