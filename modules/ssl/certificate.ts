import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsRoute53Zone } from "@cdktf/provider-aws/lib/data-aws-route53-zone";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { matchZones, validationMatches, withoutWildcard } from "./zone-match";

/** ACM renews 60 days before the end; with 30 left something keeps it from doing so. */
const ALARM_DAYS = 30;

/** Longest first name of a certificate, https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const MAX_DOMAIN_NAME_LENGTH = 64;

const SECONDS_PER_DAY = 86_400;

export interface CertificateProps {
  readonly names: Names;
  /** First name of the certificate, lower case, at most 64 characters, possibly a wildcard. */
  readonly domainName: string;
  /** Further names, in the same or other zones. ACM takes 10 names in all unless the quota was raised. */
  readonly subjectAlternativeNames: readonly string[];
  /** Names of the public hosted zones of this account that the names lie in, for example `example.com`. */
  readonly zones: readonly string[];
  /** ARNs that the expiry alarm notifies, usually an SNS topic. @default nobody */
  readonly alarmActions?: readonly string[];
}

/** A name of the certificate and the id of its hosted zone. */
export interface DnsName {
  readonly name: string;
  /** Token, the id of the hosted zone. */
  readonly zoneId: string;
}

/**
 * A public certificate over one or several hosted zones, validated by DNS records, and an alarm 30 days
 * before it ends. ACM renews it as long as the records stay.
 *
 * The hosted zones must exist; they are looked up by name, each once. Nothing here points the names at a load
 * balancer: that is `AliasRecords`, made after the load balancer.
 *
 * Cost: certificate and records are free, the alarm has CloudWatch's price of one standard alarm.
 */
export class Certificate extends Construct {
  /** Token, known once the certificate is issued: a listener that uses it waits for that. */
  public readonly certificateArn: string;
  /** All names of the certificate, each once, `domainName` first. */
  public readonly dnsNames: readonly DnsName[];

  /** @throws Error when a name lies in none of the zones, or the first name is too long */
  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const { names, domainName, subjectAlternativeNames } = props;
    if (domainName.length > MAX_DOMAIN_NAME_LENGTH)
      throw new Error(
        `Domain name ${domainName} has ${domainName.length} characters: the first name of a certificate has at most ` +
          `${MAX_DOMAIN_NAME_LENGTH}. Use a shorter first name and move this one to subjectAlternativeNames.`,
      );
    const matches = matchZones([domainName, ...subjectAlternativeNames], props.zones);
    const zoneIds = this.lookUp([...new Set(matches.map(({ zone }) => zone))]);
    const dnsName = ({ name, zone }: (typeof matches)[number]): DnsName => ({
      name,
      zoneId: zoneIds.get(zone)!,
    });
    this.dnsNames = matches.map(dnsName);

    const certificate = new AcmCertificate(this, "certificate", {
      domainName,
      ...(matches.length > 1 && { subjectAlternativeNames: matches.slice(1).map(({ name }) => name) }),
      validationMethod: "DNS",
      // A listener holds on to the old certificate until it has the new one.
      lifecycle: { createBeforeDestroy: true },
    });
    const records = this.validationRecords(certificate, validationMatches(matches).map(dnsName));
    this.certificateArn = new AcmCertificateValidation(this, "validation", {
      certificateArn: certificate.arn,
      validationRecordFqdns: records.map(({ fqdn }) => fqdn),
    }).certificateArn;

    new CloudwatchMetricAlarm(this, "expiry-alarm", {
      alarmName: names.name("alarm", "certificate-expiry"),
      alarmDescription: `The certificate of ${domainName} ends in less than ${ALARM_DAYS} days and was not renewed: check that its validation records still exist.`,
      namespace: "AWS/CertificateManager",
      metricName: "DaysToExpiry",
      dimensions: { CertificateArn: certificate.arn },
      statistic: "Minimum",
      period: SECONDS_PER_DAY,
      evaluationPeriods: 1,
      comparisonOperator: "LessThanThreshold",
      threshold: ALARM_DAYS,
      // The metric begins up to a day after the issue and stops when the certificate has ended. Keeping the
      // state raises no false alarm in the beginning and does not clear a true one at the end.
      treatMissingData: "ignore",
      ...(props.alarmActions?.length && { alarmActions: [...props.alarmActions] }),
    });
  }

  private lookUp(zones: readonly string[]): ReadonlyMap<string, string> {
    const scope = new Construct(this, "zones");
    return new Map(
      zones.map((name) => [name, new DataAwsRoute53Zone(scope, name, { name, privateZone: false }).zoneId]),
    );
  }

  /**
   * One record per name. Its value is found by the name, since the order of the options is arbitrary; the
   * expression is written out because cdktf has none for "the one element whose domain_name is this".
   */
  private validationRecords(
    certificate: AcmCertificate,
    names: readonly DnsName[],
  ): readonly Route53Record[] {
    const scope = new Construct(this, "validation-records");
    const options = `${certificate.terraformResourceType}.${certificate.friendlyUniqueId}.domain_validation_options`;
    return names.map(({ name, zoneId }) => {
      const value = (attribute: string) =>
        `\${one([for option in ${options} : option.${attribute} if option.domain_name == "${name}"])}`;
      return new Route53Record(scope, withoutWildcard(name), {
        zoneId,
        name: value("resource_record_name"),
        type: "CNAME",
        ttl: 300,
        records: [value("resource_record_value")],
        // ACM asks for the same record for every certificate of a name in this account, so a second
        // environment with the name, or a replaced certificate, finds it already there.
        allowOverwrite: true,
      });
    });
  }
}
