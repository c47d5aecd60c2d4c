import { connect, type Socket } from "node:net";
import type { DataPlane } from "../../data-plane";
import type { Sessions } from "../../sessions";
import type { Work } from "../../sessions/session";
import {
  isSuccess,
  jsonAnswer,
  jsonOf,
  withRequestBody,
  type Answer,
  type Call,
  type Forward,
  type JsonObject,
  type ServicePatch,
} from "../call";
import { awsErrorAnswer } from "../error-shape";

export interface SsmOptions {
  readonly sessions: Sessions;
  /** Port of the gateway. */
  readonly port: () => number;
  /** Instances on which the agent can be reached, newest first. */
  readonly onlineInstances: (call: Call, forward: Forward) => Promise<readonly string[]>;
  /** Where databases are. @default there are none */
  readonly dataPlane?: DataPlane;
}

const AWS_DOCUMENTS: Readonly<Record<string, JsonObject>> = {
  "SSM-SessionManagerRunShell": { sessionType: "Standard_Stream" },
  "AWS-StartPortForwardingSession": {
    sessionType: "Port",
    properties: { portNumber: "{{ portNumber }}" },
  },
  "AWS-StartPortForwardingSessionToRemoteHost": {
    sessionType: "Port",
    properties: { portNumber: "{{ portNumber }}", host: "{{ host }}" },
  },
};

/** Session Manager, of which moto knows nothing. Documents and parameters are moto's. */
export function ssm({ sessions, port, onlineInstances, dataPlane }: SsmOptions): ServicePatch {
  return async (call, forward) => {
    const input = jsonOf(call);
    switch (call.operation) {
      case "StartSession":
        return startSession(call, forward, input);
      case "ResumeSession": {
        const ticket = sessions.resume(String(input.SessionId), port());
        return ticket ? jsonAnswer(ticket) : noSession(call, input);
      }
      case "TerminateSession":
        sessions.terminate(String(input.SessionId));
        return jsonAnswer({ SessionId: input.SessionId });
      case "DescribeSessions": {
        const isActive = input.State === "Active";
        return jsonAnswer({
          Sessions: sessions
            .all()
            .filter(({ endedAt }) => (endedAt === undefined) === isActive)
            .map(({ id, target, documentName, reason, startedAt, endedAt }) => ({
              SessionId: id,
              Target: target,
              Status: endedAt === undefined ? "Connected" : "Terminated",
              DocumentName: documentName,
              Reason: reason,
              StartDate: Date.parse(startedAt) / 1000,
              ...(endedAt !== undefined && { EndDate: Date.parse(endedAt) / 1000 }),
            })),
        });
      }
      case "GetConnectionStatus": {
        const online = await onlineInstances(call, forward);
        const Status = online.includes(String(input.Target)) ? "connected" : "notconnected";
        return jsonAnswer({ Target: input.Target, Status });
      }
      case "DescribeInstanceInformation": {
        const online = await onlineInstances(call, forward);
        return jsonAnswer({
          InstanceInformationList: online.map((InstanceId) => ({
            InstanceId,
            PingStatus: "Online",
            PlatformType: "Linux",
            PlatformName: "Amazon Linux",
          })),
        });
      }
      default:
        return forward(call);
    }
  };

  async function startSession(call: Call, forward: Forward, input: JsonObject): Promise<Answer> {
    const target = String(input.Target);
    if (!(await onlineInstances(call, forward)).includes(target)) {
      return awsErrorAnswer(call, {
        status: 400,
        code: "TargetNotConnected",
        message: `${target} is not connected.`,
      });
    }
    const documentName = String(input.DocumentName ?? "SSM-SessionManagerRunShell");
    const document = AWS_DOCUMENTS[documentName] ?? (await documentOf(call, forward, documentName));
    if (!document) {
      const message = `Document with name ${documentName} does not exist.`;
      return awsErrorAnswer(call, { status: 400, code: "InvalidDocument", message });
    }
    const reason = input.Reason === undefined ? undefined : String(input.Reason);
    const work = workOf(document, (input.Parameters ?? {}) as Record<string, string[]>, (host, number) =>
      connectFrom(target, host, number, dataPlane),
    );
    return jsonAnswer(sessions.start({ target, documentName, reason, work }, port()));
  }
}

async function documentOf(call: Call, forward: Forward, name: string): Promise<JsonObject | undefined> {
  const answer = await forward({
    ...withRequestBody(call, JSON.stringify({ Name: name })),
    operation: "GetDocument",
    headers: { ...call.headers, "x-amz-target": "AmazonSSM.GetDocument" },
  });
  return isSuccess(answer) ? (JSON.parse(String(jsonOf(answer).Content)) as JsonObject) : undefined;
}

function noSession(call: Call, { SessionId }: JsonObject): Answer {
  const message = `Session ${String(SessionId)} does not exist or has ended.`;
  return awsErrorAnswer(call, { status: 400, code: "DoesNotExistException", message });
}

/** What a session document runs, with the caller's parameters in it. */
function workOf(
  document: JsonObject,
  parameters: Readonly<Record<string, string[]>>,
  open: (host: string, port: number) => Promise<Socket>,
): Work {
  const filled = (text: unknown) =>
    String(text ?? "").replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => (parameters[name] ?? []).join(" "));
  const properties = (document.properties ?? {}) as JsonObject;
  switch (document.sessionType) {
    case "Port": {
      const host = filled(properties.host) || "127.0.0.1";
      const port = Number(filled(properties.portNumber));
      return { kind: "port", connect: () => open(host, port) };
    }
    case "NonInteractiveCommands":
      return { kind: "command", command: filled((properties.linux as JsonObject | undefined)?.commands) };
    default: {
      const profile = (document.inputs as JsonObject | undefined)?.shellProfile as JsonObject | undefined;
      const before = profile?.linux === undefined ? "" : `${String(profile.linux)}\n`;
      return { kind: "shell", command: `${before}exec bash --norc --noprofile -i` };
    }
  }
}

/** A connection of an instance: to a database as its security groups allow, to all else as from this machine. */
async function connectFrom(
  instanceId: string,
  host: string,
  port: number,
  dataPlane: DataPlane | undefined,
): Promise<Socket> {
  const network = dataPlane && (await dataPlane.networkOfInstance(instanceId));
  const door = await network?.doorTo(host, port);
  const socket = connect(door ?? port, door === undefined ? host : "localhost");
  socket.once("close", () => network?.close());
  return socket;
}
