/** Whether the reaper deletes in an account and region, as every command says it. */
export function deletionText(
  enabled: boolean,
  place?: { readonly accountId: string; readonly region: string },
) {
  const where = place === undefined ? "" : ` in account ${place.accountId}, ${place.region}`;
  return enabled
    ? `Deletion is enabled${where}: expired environments are deleted.`
    : `Deletion is not enabled${where}: the reaper only reports which ephemeral environments it would delete. To enable it, run automock bootstrap --enable-deletion.`;
}
