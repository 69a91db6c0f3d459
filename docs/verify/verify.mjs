// Is this request the registry's? Standard Webhooks 1.0: v1 (HMAC-SHA256) and v1a (Ed25519), over the raw body.
// Node 18 or later, no package. Test it with vectors.json.

import { createHmac, createPublicKey, timingSafeEqual, verify as verifyEd25519 } from "node:crypto";

const TOLERANCE = 300; // seconds, either way
const ED25519 = Buffer.from("302a300506032b6570032100", "hex"); // what stands before the 32 bytes of a key (RFC 8410)

/** Answer 401 and keep nothing. */
export class NotGenuine extends Error {}

/**
 * The message, parsed only once it is known to be genuine and meant for this endpoint; else NotGenuine is thrown.
 * Header names in lower case; `body` is a Buffer, as it came: with Express, express.raw({ type: "*\/*" }).
 * While keys are being changed, give the old and the new ones.
 */
export function verify(headers, body, { secrets, publicKeys, endpoint, now = Date.now() / 1000 }) {
  verifySignature(headers, body, { secrets, publicKeys, now });
  const message = JSON.parse(body.toString("utf8"));
  // Messages of monitoring, which employers get, hold it beside their other members.
  if ((message.data ?? message).endpoint !== endpoint) throw new NotGenuine("it is meant for another endpoint");
  return message;
}

export function verifySignature(headers, body, { secrets, publicKeys, now }) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  // A dot in the id would let id, time and body be cut in another way.
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) throw new NotGenuine("webhook-id is missing or malformed");
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw new NotGenuine("webhook-timestamp is missing or malformed");
  if (Math.abs(now - Number(timestamp)) > TOLERANCE) throw new NotGenuine("more than five minutes off");
  if (secrets.length + publicKeys.length === 0) throw new NotGenuine("no key is held");
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const given = (version) =>
    (headers["webhook-signature"] ?? "")
      .split(" ")
      .filter((entry) => entry.startsWith(`${version},`))
      .map((entry) => Buffer.from(entry.slice(version.length + 1), "base64"));
  if (secrets.length > 0 && !secrets.some((secret) => given("v1").some((mac) => macHolds(secret, signed, mac)))) {
    throw new NotGenuine("no v1 signature holds");
  }
  if (publicKeys.length > 0 && !publicKeys.some((key) => given("v1a").some((one) => signatureHolds(key, signed, one)))) {
    throw new NotGenuine("no v1a signature holds");
  }
}

function macHolds(secret, signed, mac) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(signed).digest();
  return mac.length === expected.length && timingSafeEqual(mac, expected);
}

function signatureHolds(key, signed, signature) {
  const raw = Buffer.from(key.replace(/^whpk_/, ""), "base64");
  const publicKey = createPublicKey({ key: Buffer.concat([ED25519, raw]), format: "der", type: "spki" });
  return verifyEd25519(null, signed, publicKey, signature);
}
