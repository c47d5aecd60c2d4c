import type { Clients } from "../../cleanup/aws/clients";

/** Answers by the command's name without `Command`; several services share a table, their names hardly meet. */
export type Answers = Readonly<Record<string, (input: never) => unknown>>;

export interface FakeClients extends Clients {
  /** Commands as they came, with their input. */
  readonly calls: readonly (readonly [command: string, input: Record<string, unknown>])[];
}

/** Clients that answer what the test says, and fail on any command that it does not name. */
export function fakeClients(answers: Answers): FakeClients {
  const calls: [string, Record<string, unknown>][] = [];
  const send = async (command: {
    readonly constructor: { readonly name: string };
    readonly input: object;
  }) => {
    const name = command.constructor.name.replace(/Command$/, "");
    calls.push([name, command.input as Record<string, unknown>]);
    const answer = answers[name];
    if (!answer) throw new Error(`the test does not answer ${name}`);
    return answer(command.input as never) ?? {};
  };
  const clients = Object.fromEntries(SERVICES.map((service) => [service, { send }]));
  return { ...clients, calls } as unknown as FakeClients;
}

const SERVICES: readonly (keyof Clients)[] = [
  ...([
    "acm",
    "apiGateway",
    "apiGatewayV2",
    "autoScaling",
    "cloudWatch",
    "dynamoDb",
    "ec2",
    "ecr",
    "ecs",
    "elb",
    "events",
    "iam",
    "kms",
  ] as const),
  ...([
    "lambda",
    "logs",
    "rds",
    "route53",
    "s3",
    "scheduler",
    "secrets",
    "sns",
    "sqs",
    "sts",
    "tagging",
  ] as const),
];

/** An AWS error as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
