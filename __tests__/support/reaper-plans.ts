import type { ReaperPlan } from "../../contract/reaper";

/** A plan that deletes everything. */
export const PLANNED: ReaperPlan = {
  waves: [
    [
      { resource: "ec2:nat-gateway nat-1", proofs: ["managed in the Terraform state as x", "tags t"] },
      { resource: "ecs:service s", proofs: ["tags t"] },
    ],
    [{ resource: "ec2:vpc vpc-1", proofs: ["tags t"] }],
  ],
  waiting: [],
  held: [],
  unsupported: [],
  leftAlone: [],
  errors: [],
  stateReadable: true,
  gates: [],
};

/** One in which every kind of obstacle occurs. */
export const PLANNED_IN_PART: ReaperPlan = {
  ...PLANNED,
  waiting: [{ resource: "ec2:subnet s-1", proofs: ["tags t"] }],
  held: [
    { resource: "ec2:network-interface eni-1", proofs: ["tags t"], vetoes: ["tag automock:protected=true"] },
  ],
  unsupported: ["aws_x aws_x.y"],
  errors: ["listing failed"],
  leftAlone: [
    { resource: "ec2:vpc vpc-9", vetoes: ["given from outside"] },
    { resource: "ec2:vpc vpc-8", vetoes: [] },
  ],
  gates: [{ gate: "expired", reason: "it expires at tomorrow" }],
};
