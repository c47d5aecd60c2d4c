import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Certificate, type CertificateProps } from "../../../modules/ssl/certificate";
import { testNames } from "../../support/names";
import { argumentsOf } from "../../support/arguments-of";
import { Template } from "../../support/template";

const required: CertificateProps = {
  names: testNames,
  domainName: "mocks.example.com",
  subjectAlternativeNames: [],
  zones: ["example.com"],
};

let made: Certificate;
const synth = (props: Partial<CertificateProps> = {}) =>
  Template.of((stack) => {
    made = new Certificate(stack, "certificate", { ...required, ...props });
    new SqsQueue(stack, "user", { name: made.certificateArn });
  });

const several: Partial<CertificateProps> = {
  subjectAlternativeNames: [
    "*.mocks.example.com",
    "mocks.example.com",
    "api.dev.example.com",
    "www.other.org",
    "example.com",
  ],
  zones: ["example.com", "other.org", "dev.example.com", "unused.net"],
};

const sortedByName = (records: readonly Readonly<Record<string, unknown>>[]) =>
  [...records].sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));

const option = (certificate: string, attribute: string, name: string) =>
  `\${one([for option in aws_acm_certificate.${certificate}.domain_validation_options : option.${attribute} if option.domain_name == "${name}"])}`;

describe("Certificate for several names over several zones", () => {
  let template: Template;
  let certificate: string;
  beforeAll(() => {
    template = synth(several);
    certificate = Object.keys(template.byId("aws_acm_certificate"))[0]!;
  });

  it("creates these resources and no others", () => {
    expect(template.counts()).toEqual({
      aws_acm_certificate: 1,
      aws_acm_certificate_validation: 1,
      aws_cloudwatch_metric_alarm: 1,
      aws_route53_record: 4,
      aws_sqs_queue: 1,
    });
  });

  it("requests every name once with DNS validation, and is created before the old one is destroyed", () => {
    expect(argumentsOf(template.sole("aws_acm_certificate"))).toEqual({
      domain_name: "mocks.example.com",
      subject_alternative_names: [
        "*.mocks.example.com",
        "api.dev.example.com",
        "www.other.org",
        "example.com",
      ],
      validation_method: "DNS",
      lifecycle: { create_before_destroy: true },
    });
  });

  const zoneOf = (name: string) =>
    Object.entries(template.json.data!.aws_route53_zone!).find(([, zone]) => zone.name === name)![0];

  it("looks up every used zone once, public zones only", () => {
    const zones = Object.values(template.json.data!.aws_route53_zone!);
    expect(zones.map(({ name, private_zone }) => [name, private_zone])).toEqual([
      ["dev.example.com", false],
      ["example.com", false],
      ["other.org", false],
    ]);
  });

  it("has one validation record per name without its wildcard, and never overwrites that of another owner", () => {
    const expected = [
      ["mocks.example.com", "example.com"],
      ["api.dev.example.com", "dev.example.com"],
      ["www.other.org", "other.org"],
      ["example.com", "example.com"],
    ].map(([name, zone]) => ({
      zone_id: `\${data.aws_route53_zone.${zoneOf(zone!)}.zone_id}`,
      name: option(certificate, "resource_record_name", name!),
      type: "CNAME",
      ttl: 300,
      records: [option(certificate, "resource_record_value", name!)],
    }));
    const records = template.all("aws_route53_record").map((record) => argumentsOf(record));
    expect(sortedByName(records)).toEqual(sortedByName(expected));
  });

  it("waits for all records and issuance before it exposes the ARN", () => {
    const validation = template.sole("aws_acm_certificate_validation");
    expect(validation.certificate_arn).toBe(`\${aws_acm_certificate.${certificate}.arn}`);
    const fqdns = Object.keys(template.byId("aws_route53_record")).map(
      (record) => `\${aws_route53_record.${record}.fqdn}`,
    );
    expect([...validation.validation_record_fqdns].sort()).toEqual(fqdns.sort());
    const [waiter] = Object.keys(template.byId("aws_acm_certificate_validation"));
    expect(template.sole("aws_sqs_queue").name).toBe(
      `\${aws_acm_certificate_validation.${waiter}.certificate_arn}`,
    );
  });

  it("exposes its names with their zones, for the aliases", () => {
    expect(made.dnsNames.map(({ name }) => name)).toEqual([
      "mocks.example.com",
      "*.mocks.example.com",
      "api.dev.example.com",
      "www.other.org",
      "example.com",
    ]);
    const zoneIds = new Set(made.dnsNames.map(({ zoneId }) => zoneId));
    expect(zoneIds.size).toBe(3);
  });
});

it("addresses do not change when a name is inserted first", () => {
  const before = synth({ subjectAlternativeNames: ["b.example.com"] }).addresses();
  const after = synth({ subjectAlternativeNames: ["a.example.com", "b.example.com"] }).addresses();
  expect(before.filter((address) => !after.includes(address))).toEqual([]);
  expect(after).toHaveLength(before.length + 1);
});

describe("Certificate for one name", () => {
  it("omits the alternative names", () => {
    const template = synth();
    expect(template.sole("aws_acm_certificate")).not.toHaveProperty("subject_alternative_names");
    expect(template.all("aws_route53_record")).toHaveLength(1);
  });

  it("finds the value of a wildcard without its apex", () => {
    const template = synth({ domainName: "*.mocks.example.com" });
    const [certificate] = Object.keys(template.byId("aws_acm_certificate"));
    expect(template.sole("aws_route53_record").name).toBe(
      option(certificate!, "resource_record_name", "*.mocks.example.com"),
    );
  });
});

describe("the expiry alarm", () => {
  it("starts below 30 days, keeps its state without data, and has no actions by default", () => {
    const template = synth();
    const [certificate] = Object.keys(template.byId("aws_acm_certificate"));
    expect(argumentsOf(template.sole("aws_cloudwatch_metric_alarm"))).toEqual({
      alarm_name: "automock-test-certificate-expiry",
      alarm_description:
        "The certificate of mocks.example.com ends in less than 30 days and was not renewed: check that its validation records still exist.",
      namespace: "AWS/CertificateManager",
      metric_name: "DaysToExpiry",
      dimensions: { CertificateArn: `\${aws_acm_certificate.${certificate}.arn}` },
      statistic: "Minimum",
      period: 86400,
      evaluation_periods: 1,
      comparison_operator: "LessThanThreshold",
      threshold: 30,
      treat_missing_data: "ignore",
    });
  });

  it("notifies alarmActions", () => {
    const topic = "arn:aws:sns:us-east-1:111122223333:alarms";
    const template = synth({ alarmActions: [topic] });
    expect(template.sole("aws_cloudwatch_metric_alarm").alarm_actions).toEqual([topic]);
  });
});

describe("Certificate rejects", () => {
  it("names without a zone, all at once", () => {
    const props = { subjectAlternativeNames: ["notexample.com", "b.example.com", "x.org"] };
    expect(() => synth(props)).toThrow(
      new Error(
        "No hosted zone for notexample.com, x.org. Zones given: example.com. " +
          "Add the name's hosted zone or remove the name.",
      ),
    );
  });

  it("a first name above ACM's limit", () => {
    const fits = `${"a".repeat(52)}.example.com`;
    expect(synth({ domainName: fits }).sole("aws_acm_certificate").domain_name).toBe(fits);
    const long = `a${fits}`;
    expect(() => synth({ domainName: long })).toThrow(
      new Error(
        `Domain name ${long} has 65 characters: the first name of a certificate has at most 64. ` +
          "Use a shorter first name and move this one to subjectAlternativeNames.",
      ),
    );
  });
});
