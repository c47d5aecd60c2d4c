import { isSuccess, type Answer, type Call, type Forward, type ServicePatch } from "../call";
import { formOf } from "../operation";
import { ownCall } from "../own-call";
import { askEc2 } from "./fleets";
import type { Boxes } from "./boxes";

/**
 * Lets the instances of fleets run the user data of their launch template, as far as `Instances` does.
 *
 * @param ec2 the patch behind this one
 */
export function machines({ instances }: Boxes, ec2: ServicePatch): ServicePatch {
  const patch: ServicePatch = async (call, forward) => {
    const answer = await ec2(call, forward);
    if (!isSuccess(answer)) return answer;
    if (call.operation === "CreateFleet") await boot(call, forward, answer);
    if (call.operation === "TerminateInstances") for (const id of idsIn(answer)) instances.forget(id);
    return answer;
  };

  async function boot(call: Call, forward: Forward, launched: Answer): Promise<void> {
    const ids = idsIn(launched);
    if (ids.length === 0) return;
    const specification = "LaunchTemplateConfigs.1.LaunchTemplateSpecification";
    const template = await askEc2(call, forward, {
      Action: "DescribeLaunchTemplateVersions",
      LaunchTemplateName: formOf(call)?.get(`${specification}.LaunchTemplateName`) ?? "",
      "LaunchTemplateVersion.1": "$Default",
    });
    const userData = Buffer.from(valueOf(template, "userData") ?? "", "base64").toString("utf8");
    const showsTags = valueOf(template, "instanceMetadataTags") === "enabled";
    const { accountId, region } = call;
    const own = (Action: string, id: string) =>
      ownCall({
        accountId,
        region,
        service: "ec2",
        form: { Action, "InstanceId.1": id, Version: "2016-11-15" },
      });
    for (const id of ids) {
      await instances.boot({
        id,
        userData,
        tags: async () => (showsTags ? tagsIn(await forward(own("DescribeInstances", id))) : undefined),
        // A shutdown terminates it, as its launch template says.
        shutDown: async () => void (await patch(own("TerminateInstances", id), forward)),
      });
    }
  }

  return patch;
}

function idsIn(answer: Answer): string[] {
  return [...new Set(answer.body.toString("utf8").match(/\bi-[0-9a-f]{8,17}\b/g) ?? [])];
}

function valueOf(answer: Answer, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(answer.body.toString("utf8"))?.[1];
}

function tagsIn(answer: Answer): ReadonlyMap<string, string> {
  const pairs = answer.body.toString("utf8").matchAll(/<key>([^<]*)<\/key>\s*<value>([^<]*)<\/value>/g);
  return new Map([...pairs].map(([, key = "", value = ""]) => [key, value]));
}
