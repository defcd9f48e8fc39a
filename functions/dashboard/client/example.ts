import { Client } from "./client.ts";

const [address = "http://127.0.0.1:8080/", times = "Infinity"] = process.argv.slice(2);
let seen = 0;
for await (const { totals, candidates } of new Client(address).follow()) {
  console.log(`${totals.headline} ${totals.votes} votes.`);
  for (const { name, votes, share } of candidates.slice(0, 3)) console.log(`  ${name}: ${votes} (${(100 * share).toFixed(1)}%)`);
  if (++seen >= Number(times)) break;
}
