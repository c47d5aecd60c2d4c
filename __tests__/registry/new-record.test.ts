import { EXPIRE_AT, OPEN_KEY, parseRecord } from "../../contract/registry";
import { fromItem } from "../../registry/item";
import { newRecordItem } from "../../registry/new-record";

const NEW = {
  environment: "pr-1",
  system: "automock",
  owner: "team-a",
  accountId: "111122223333",
  region: "us-east-1",
  createdAt: "2026-03-01T00:00:00Z",
  expiresAt: "2026-03-01T04:00:00Z",
  maxExpiresAt: "2026-03-15T00:00:00Z",
  ttlHours: 4,
  stateRef: { bucket: "b", key: "automock/pr-1/terraform.tfstate", lockTable: "t", useLockfile: true },
} as const;

describe("newRecordItem", () => {
  it("is a record that parseRecord accepts, in the open index, without expiry of its own", () => {
    const item = newRecordItem(NEW);
    expect(item.pk).toEqual({ S: "ENV#pr-1" });
    expect(item.sk).toEqual({ S: "META" });
    expect(item[OPEN_KEY.partition]).toEqual({ S: OPEN_KEY.value });
    expect(item).not.toHaveProperty(EXPIRE_AT);
    const parsed = parseRecord(fromItem(item));
    expect(parsed).toEqual({
      kind: "record",
      record: {
        ...NEW,
        phase: "ACTIVE",
        ephemeral: true,
        protected: false,
        byo: [],
        token: 0,
        passes: 0,
        idlePasses: 0,
        deleted: {},
      },
    });
  });

  it("carries bring-your-own resources, cost and locking by file alone", () => {
    const stateRef = { bucket: "b", key: NEW.stateRef.key, useLockfile: true };
    const item = newRecordItem({
      ...NEW,
      stateRef,
      byo: ["vpc-1"],
      hourlyCostUsd: 0.25,
      hourlyCostUnpriced: 0,
    });
    expect(item.byo).toEqual({ L: [{ S: "vpc-1" }] });
    expect(item.hourlyCostUsd).toEqual({ N: "0.25" });
    expect(item.hourlyCostUnpriced).toEqual({ N: "0" });
    expect(item.stateRef).toEqual({
      M: { bucket: { S: "b" }, key: { S: NEW.stateRef.key }, useLockfile: { BOOL: true } },
    });
    expect(parseRecord(fromItem(item)).kind).toBe("record");
  });

  it("copies Terraform's expressions as they are", () => {
    expect(newRecordItem({ ...NEW, createdAt: "${terraform_data.created.output}" }).createdAt).toEqual({
      S: "${terraform_data.created.output}",
    });
  });
});
