import { XMLParser } from "fast-xml-parser";
import {
  isSuccess,
  jsonOf,
  withJson,
  type Call,
  type Forward,
  type JsonObject,
  type ServicePatch,
} from "../call";
import { ownCall } from "../own-call";

interface Tagged {
  readonly ResourceARN: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

interface Filter {
  readonly Key: string;
  readonly Values?: readonly string[];
}

/** The tag index with what moto's does not have: APIs, instances and event source mappings. */
export function tagging(): ServicePatch {
  return async (call, forward) => {
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    const input = jsonOf(call) as {
      TagFilters?: Filter[];
      ResourceTypeFilters?: string[];
      ResourceARNList?: string[];
      Key?: string;
    };
    const body = jsonOf(answer) as {
      ResourceTagMappingList?: Tagged[];
      PaginationToken?: string;
      TagValues?: string[];
    };
    if (body.PaginationToken) return answer; // they come with the last page
    switch (call.operation) {
      case "GetResources": {
        const more = (await allTagged(call, forward)).filter(
          (one) =>
            (input.TagFilters ?? []).every((filter) => passes(one, filter)) &&
            isOfType(one, input.ResourceTypeFilters) &&
            (input.ResourceARNList?.includes(one.ResourceARN) ?? true),
        );
        const known = new Set(body.ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN));
        const added = more.filter(({ ResourceARN }) => !known.has(ResourceARN));
        return withJson(answer, {
          ...body,
          ResourceTagMappingList: [...(body.ResourceTagMappingList ?? []), ...added],
        });
      }
      case "GetTagValues": {
        const values = (await allTagged(call, forward))
          .flatMap(({ Tags }) => Tags)
          .flatMap(({ Key, Value }) => (Key === input.Key ? [Value] : []));
        return withJson(answer, { ...body, TagValues: [...new Set([...(body.TagValues ?? []), ...values])] });
      }
      default:
        return answer;
    }
  };
}

function passes({ Tags }: Tagged, { Key, Values = [] }: Filter): boolean {
  return Tags.some((tag) => tag.Key === Key && (Values.length === 0 || Values.includes(tag.Value)));
}

/** Types are written `apigateway` or `ec2:instance`. */
function isOfType({ ResourceARN }: Tagged, types: readonly string[] = []): boolean {
  const [, , service, , , resource = ""] = ResourceARN.split(":");
  const type = `${service}:${resource.split("/").find(Boolean)}`;
  return types.length === 0 || types.some((one) => one === service || one === type);
}

async function allTagged(call: Call, forward: Forward): Promise<Tagged[]> {
  const all = await Promise.all([
    apis(call, forward),
    instances(call, forward),
    eventSourceMappings(call, forward),
  ]);
  return all.flat().filter(({ Tags }) => Tags.length > 0);
}

async function apis({ accountId, region }: Call, forward: Forward): Promise<Tagged[]> {
  const list = async (path: string, property: string) => {
    const answer = await forward(ownCall({ accountId, region, service: "apigateway", path }));
    return isSuccess(answer) ? ((jsonOf(answer)[property] ?? []) as JsonObject[]) : [];
  };
  const [http, rest] = await Promise.all([list("/v2/apis", "items"), list("/restapis", "item")]);
  const arn = (path: string) => `arn:aws:apigateway:${region}::${path}`;
  return [
    ...http.map((one) => ({ ResourceARN: arn(`/apis/${String(one.apiId)}`), Tags: tagsOf(one.tags) })),
    ...rest.map((one) => ({ ResourceARN: arn(`/restapis/${String(one.id)}`), Tags: tagsOf(one.tags) })),
  ];
}

async function eventSourceMappings({ accountId, region }: Call, forward: Forward): Promise<Tagged[]> {
  const path = "/2015-03-31/event-source-mappings/";
  const answer = await forward(ownCall({ accountId, region, service: "lambda", path }));
  const all = isSuccess(answer) ? ((jsonOf(answer).EventSourceMappings ?? []) as JsonObject[]) : [];
  return all.map(({ EventSourceMappingArn, UUID, Tags }) => ({
    ResourceARN: String(
      EventSourceMappingArn ?? `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${String(UUID)}`,
    ),
    Tags: tagsOf(Tags),
  }));
}

function tagsOf(tags: unknown): Tagged["Tags"] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

const LISTS = new Set(["reservationSet.item", "instancesSet.item", "tagSet.item"]);
const XML = new XMLParser({
  parseTagValue: false,
  isArray: (_name, path) => [...LISTS].some((list) => String(path).endsWith(list)),
});

async function instances({ accountId, region }: Call, forward: Forward): Promise<Tagged[]> {
  const form = { Action: "DescribeInstances", Version: "2016-11-15" };
  const answer = await forward(ownCall({ accountId, region, service: "ec2", form }));
  if (!isSuccess(answer)) return [];
  const { DescribeInstancesResponse } = XML.parse(answer.body.toString("utf8")) as {
    DescribeInstancesResponse?: {
      reservationSet?: {
        item?: {
          instancesSet?: {
            item?: { instanceId: string; tagSet?: { item?: { key: string; value: string }[] } }[];
          };
        }[];
      };
    };
  };
  return (DescribeInstancesResponse?.reservationSet?.item ?? [])
    .flatMap(({ instancesSet }) => instancesSet?.item ?? [])
    .map(({ instanceId, tagSet }) => ({
      ResourceARN: `arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`,
      Tags: (tagSet?.item ?? []).map(({ key, value }) => ({ Key: key, Value: String(value) })),
    }));
}
