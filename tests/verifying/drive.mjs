// Asks docs/verify/verify.mjs, given as the first argument; see asking.py for the lines.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { NotGenuine, verify, verifySignature } = await import(pathToFileURL(process.argv[2]).href);
const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"];

function judged(line) {
  const fields = line.split("\t").map((field) => (field === "-" ? null : Buffer.from(field, "base64")));
  const headers = Object.fromEntries(
    NAMES.map((name, place) => [name, fields[place]?.toString()]).filter(([, value]) => value !== undefined),
  );
  const [body, secrets, publicKeys, endpoint, now] = fields.slice(3);
  const words = (text) => text.toString().split(" ").filter(Boolean);
  const known = { secrets: words(secrets), publicKeys: words(publicKeys), now: Number(now.toString()) };
  try {
    if (endpoint === null) verifySignature(headers, body, known);
    else verify(headers, body, { ...known, endpoint: endpoint.toString() });
  } catch (refusal) {
    if (!(refusal instanceof NotGenuine)) throw refusal;
    return `refused ${refusal.message}`;
  }
  return "accepted";
}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) console.log(judged(line));
