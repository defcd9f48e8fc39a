// The results as the page has them, and how a change is put into them: see
// api.md, "A patch".

const keys = {
  candidates: ["id"],
  regions: ["state"],
  hourly: ["hour"],
  minutes: ["minute"],
  demographics: ["state", "age_group", "gender"],
  amendments: ["window_start", "candidate", "revision", "amended_at"],
};

export const keyOf = (section) => (row) => keys[section].map((member) => row[member] ?? "").join("|");

// apply returns the results after a change, or null where the change is one of
// other results.
export function apply(results, change) {
  if (!results || results.version !== change.from) return null;
  const after = merge(results, change.patch ?? {});
  for (const section of new Set([...Object.keys(change.rows ?? {}), ...Object.keys(change.keys ?? {})])) {
    const key = keyOf(section);
    const rows = new Map((results[section] ?? []).map((row) => [key(row), row]));
    for (const row of change.rows?.[section] ?? []) rows.set(key(row), row);
    const order = change.keys?.[section] ?? [...rows.keys()];
    after[section] = order.map((id) => rows.get(id));
    if (after[section].includes(undefined)) return null;
  }
  after.version = change.version;
  return after;
}

// merge is a merge patch as RFC 7396 has it.
export function merge(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const result = target && typeof target === "object" && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}
