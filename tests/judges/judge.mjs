// The npm packages standardwebhooks and svix as judges. Argument: the folder that they are installed in. On standard
// input a JSON object a line: { headers, body (base64), secret, now }; on standard output, for each, what each package
// says: { "standardwebhooks": true, "svix": true }.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const installed = createRequire(`${process.argv[2]}/package.json`);
const judges = { standardwebhooks: installed("standardwebhooks").Webhook, svix: installed("svix").Webhook };
let now = 0;
Date.now = () => now * 1000;

function accepts(Judge, { headers, body, secret }) {
  try {
    new Judge(secret).verify(Buffer.from(body, "base64").toString("utf8"), headers);
    return true;
  } catch {
    return false;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  now = asked.now;
  console.log(JSON.stringify(Object.fromEntries(Object.entries(judges).map(([name, Judge]) => [name, accepts(Judge, asked)]))));
}
