import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Sessions } from "../../sessions";
import {
  isSuccess,
  jsonAnswer,
  jsonOf,
  xmlAnswer,
  xmlEscape,
  type Answer,
  type Call,
  type Forward,
  type ServicePatch,
} from "../call";
import { awsErrorAnswer } from "../error-shape";
import { formOf } from "../operation";
import { ownCall } from "../own-call";
import { askEc2 } from "./fleets";

interface Endpoint {
  readonly id: string;
  /** All that AWS says about it, as elements of XML by name; sets are lists. */
  readonly xml: Readonly<Record<string, string>>;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export interface InstanceConnectOptions {
  readonly sessions: Sessions;
  /** Port of the gateway. */
  readonly port: () => number;
  /** Whether a signed query is that of a known caller. */
  readonly isKnown: (query: URLSearchParams) => boolean;
  readonly accountId: string;
  readonly region: string;
  readonly forward: Forward;
}

/** SSH and RDP: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html */
const PORTS = ["22", "3389"];

/** EC2 Instance Connect, which moto has not: endpoints, keys that are sent to instances, and tunnels to them. */
export class InstanceConnect {
  private readonly endpoints = new Map<string, Endpoint>();

  constructor(private readonly options: InstanceConnectOptions) {}

  /** @param ec2 the patch behind this one */
  endpointsBefore(ec2: ServicePatch): ServicePatch {
    return async (call, forward) => {
      switch (call.operation) {
        case "CreateInstanceConnectEndpoint":
          return this.create(call, forward);
        case "DescribeInstanceConnectEndpoints":
          return this.describe(call);
        case "DeleteInstanceConnectEndpoint":
          return this.delete(call);
        default:
          return ec2(call, forward);
      }
    };
  }

  /** SendSSHPublicKey. */
  keys(): ServicePatch {
    return async (call, forward) => {
      if (call.operation !== "SendSSHPublicKey") return forward(call);
      const { InstanceId, InstanceOSUser, SSHPublicKey } = jsonOf(call) as Record<string, string>;
      const wrong = (code: string, message: string) => awsErrorAnswer(call, { status: 400, code, message });
      const found = await askEc2(call, forward, { Action: "DescribeInstances", "InstanceId.1": InstanceId! });
      if (!/<name>running<\/name>/.test(found.body.toString("utf8")))
        return wrong(
          "EC2InstanceNotFoundException",
          `Instance ${InstanceId} does not exist or does not run.`,
        );
      if (!this.options.sessions.ssh.admit({ instanceId: InstanceId!, user: InstanceOSUser! }, SSHPublicKey!))
        return wrong("InvalidArgsException", "SSHPublicKey is not a public key in OpenSSH's format.");
      return jsonAnswer({ RequestId: randomBytes(16).toString("hex"), Success: true });
    };
  }

  /** Takes a connection to the address of a tunnel, whose query is signed. */
  async accept(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const { searchParams: query } = new URL(request.url!, "ws://127.0.0.1");
    const status = this.refusal(query);
    const instanceId =
      status === undefined ? await this.instanceAt(query.get("privateIpAddress") ?? "") : undefined;
    if (instanceId !== undefined)
      return this.options.sessions.acceptSsh(instanceId, request, connection, head);
    connection.end(`HTTP/1.1 ${status ?? "404 Not Found"}\r\nconnection: close\r\n\r\n`);
  }

  /** The instance that runs at a private address. */
  private async instanceAt(address: string): Promise<string | undefined> {
    const { accountId, region, forward } = this.options;
    const form = {
      Action: "DescribeInstances",
      Version: "2016-11-15",
      "Filter.1.Name": "private-ip-address",
      "Filter.1.Value.1": address,
      "Filter.2.Name": "instance-state-name",
      "Filter.2.Value.1": "running",
    };
    const answer = await forward(ownCall({ accountId, region, service: "ec2", form }));
    return /<instanceId>([^<]+)</.exec(answer.body.toString("utf8"))?.[1];
  }

  private refusal(query: URLSearchParams): string | undefined {
    const [, day = "", time = ""] = /^(\d{8})T(\d{6})Z$/.exec(query.get("X-Amz-Date") ?? "") ?? [];
    const signedAt = Date.parse(
      `${day.replace(/(....)(..)/, "$1-$2-")}T${time.replace(/(..)(..)/, "$1:$2:")}Z`,
    );
    const isValid = Date.now() <= signedAt + Number(query.get("X-Amz-Expires")) * 1000;
    if (!isValid || !this.options.isKnown(query)) return "403 Forbidden";
    if (!this.endpoints.has(query.get("instanceConnectEndpointId") ?? "")) return "404 Not Found";
    return PORTS.includes(query.get("remotePort") ?? "") ? undefined : "400 Bad Request";
  }

  private async create(call: Call, forward: Forward): Promise<Answer> {
    const form = formOf(call) ?? new URLSearchParams();
    const subnetId = form.get("SubnetId") ?? "";
    const subnet = await askEc2(call, forward, { Action: "DescribeSubnets", "SubnetId.1": subnetId });
    if (!isSuccess(subnet)) return subnet;
    const of = (name: string) =>
      new RegExp(`<${name}>([^<]+)<`).exec(subnet.body.toString("utf8"))?.[1] ?? "";
    const id = `eice-${randomBytes(9).toString("hex").slice(0, 17)}`;
    const endpoint: Endpoint = {
      id,
      xml: {
        ownerId: call.accountId,
        instanceConnectEndpointId: id,
        instanceConnectEndpointArn: `arn:aws:ec2:${call.region}:${call.accountId}:instance-connect-endpoint/${id}`,
        state: "create-complete",
        dnsName: `ws://127.0.0.1:${this.options.port()}`,
        networkInterfaceIdSet: "",
        vpcId: of("vpcId"),
        availabilityZone: of("availabilityZone"),
        createdAt: new Date().toISOString(),
        subnetId,
        preserveClientIp: form.get("PreserveClientIp") ?? "false",
        securityGroupIdSet: listOf(form, /^SecurityGroupId\.\d+$/)
          .map(item)
          .join(""),
      },
      tags: tagsIn(form),
    };
    this.endpoints.set(id, endpoint);
    return answerOf(call, `<instanceConnectEndpoint>${xmlOf(endpoint)}</instanceConnectEndpoint>`);
  }

  private describe(call: Call): Answer {
    const form = formOf(call) ?? new URLSearchParams();
    const ids = listOf(form, /^InstanceConnectEndpointId\.\d+$/);
    const unknown = ids.find((id) => !this.endpoints.has(id));
    if (unknown !== undefined) return notFound(call, unknown);
    const found = [...this.endpoints.values()].filter(
      (endpoint) => (ids.length === 0 || ids.includes(endpoint.id)) && passes(endpoint, form),
    );
    const items = found.map((endpoint) => item(xmlOf(endpoint))).join("");
    return answerOf(call, `<instanceConnectEndpointSet>${items}</instanceConnectEndpointSet>`);
  }

  private delete(call: Call): Answer {
    const id = formOf(call)?.get("InstanceConnectEndpointId") ?? "";
    const endpoint = this.endpoints.get(id);
    if (!endpoint) return notFound(call, id);
    this.endpoints.delete(id);
    const state = { ...endpoint.xml, state: "delete-in-progress" };
    return answerOf(
      call,
      `<instanceConnectEndpoint>${xmlOf({ ...endpoint, xml: state })}</instanceConnectEndpoint>`,
    );
  }
}

function passes({ xml, tags }: Endpoint, form: URLSearchParams): boolean {
  const names = [...form].flatMap(([key, name]) => {
    const number = /^Filter\.(\d+)\.Name$/.exec(key)?.[1];
    return number === undefined ? [] : [[number, name] as const];
  });
  return names.every(([number, name]) => {
    const wanted = listOf(form, new RegExp(`^Filter\\.${number}\\.Value\\.\\d+$`));
    const value = name.startsWith("tag:")
      ? tags.find(([key]) => key === name.slice("tag:".length))?.[1]
      : xml[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
    return value !== undefined && wanted.includes(value);
  });
}

function tagsIn(form: URLSearchParams): (readonly [string, string])[] {
  return [...form].flatMap(([name, key]) => {
    const prefix = /^(TagSpecification\.1\.Tag\.\d+)\.Key$/.exec(name)?.[1];
    return prefix === undefined ? [] : [[key, form.get(`${prefix}.Value`) ?? ""] as const];
  });
}

function listOf(form: URLSearchParams, name: RegExp): string[] {
  return [...form].filter(([key]) => name.test(key)).map(([, value]) => value);
}

function xmlOf({ xml, tags }: Endpoint): string {
  const elements = Object.entries(xml).map(([name, inner]) => `<${name}>${inner}</${name}>`);
  const pairs = tags.map(([key, value]) =>
    item(`<key>${xmlEscape(key)}</key><value>${xmlEscape(value)}</value>`),
  );
  return `${elements.join("")}<tagSet>${pairs.join("")}</tagSet>`;
}

function item(inner: string): string {
  return `<item>${inner}</item>`;
}

function answerOf({ operation }: Call, inner: string): Answer {
  return xmlAnswer(
    `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>local</requestId>${inner}</${operation}Response>`,
  );
}

function notFound(call: Call, id: string): Answer {
  const code = "InvalidInstanceConnectEndpointId.NotFound";
  return awsErrorAnswer(call, { status: 400, code, message: `The endpoint ${id} does not exist.` });
}
