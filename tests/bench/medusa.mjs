/**
 * The inventory module of Medusa (npm: @medusajs/framework, @medusajs/inventory) reserving one unit at a time, each reservation
 * inside an advisory lock of its item in PostgreSQL, as the shop's own workflow step takes it with that lock provider.
 *
 * node medusa.mjs DATABASE_URL SECONDS CALLERS ITEMS...   in a folder where those packages are installed; one JSON line each.
 */
import { createRequire } from "node:module";

const installed = createRequire(`${process.cwd()}/`);
const { MedusaModule } = installed("@medusajs/framework/modules-sdk");
const { Pool } = installed("pg");

const [url, seconds, callers, ...sizes] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: Number(callers) });
const options = { database: { clientUrl: url, pool: { min: 2, max: Number(callers) } } };
const where = { moduleKey: "inventory", modulePath: "@medusajs/inventory", options };
await MedusaModule.migrateUp(where);
const { inventory } = await MedusaModule.bootstrap({
  moduleKey: "inventory",
  defaultPath: "@medusajs/inventory",
  declaration: { scope: "internal", resources: "isolated", resolve: "@medusajs/inventory", options },
  migrationOnly: false,
});

async function locked(item, act) {
  const held = await pool.connect();
  try {
    await held.query("begin");
    await held.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [item]);
    const done = await act();
    await held.query("commit");
    return done;
  } finally {
    held.release();
  }
}

for (const size of sizes.map(Number)) {
  const place = `place-${size}-${Date.now()}`;
  const items = await inventory.createInventoryItems(Array.from({ length: size }, (_, n) => ({ sku: `${place}-${n}` })));
  await inventory.createInventoryLevels(
    items.map(({ id }) => ({ inventory_item_id: id, location_id: place, stocked_quantity: 1_000_000 })),
  );
  let reserved = 0;
  const began = performance.now();
  const until = began + Number(seconds) * 1000;
  const call = async (caller) => {
    for (let turn = caller; performance.now() < until; turn += 7919) {
      const { id } = items[turn % size];
      await locked(id, () =>
        inventory.createReservationItems([{ inventory_item_id: id, location_id: place, quantity: 1 }]),
      );
      reserved += 1;
    }
  };
  await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => call(caller)));
  const a_second = (reserved * 1000) / (performance.now() - began);
  const levels = await inventory.listInventoryLevels({ location_id: place }, { take: size });
  const counted = levels.reduce((sum, level) => sum + Number(level.reserved_quantity), 0);
  process.stdout.write(`${JSON.stringify({ size, a_second, reserved, counted })}\n`);
}
process.exit(0);
