import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsRoute53Zone } from "@cdktf/provider-aws/lib/data-aws-route53-zone";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { matchZones, validationMatches, withoutWildcard } from "./zone-match";

/** ACM renews 60 days before expiry. If only 30 are left, something is blocking the renewal. */
const ALARM_DAYS = 30;

/** Maximum length of a certificate's first name: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const MAX_DOMAIN_NAME_LENGTH = 64;

const SECONDS_PER_DAY = 86_400;

export interface CertificateProps {
  readonly names: Names;
  /** First name of the certificate, lower case, at most 64 characters, possibly a wildcard. */
  readonly domainName: string;
  /** Further names, in the same or other zones. ACM allows 10 names in total unless the quota was raised. */
  readonly subjectAlternativeNames: readonly string[];
  /** Public hosted zones of this account that contain the names, for example `example.com`. */
  readonly zones: readonly string[];
  /** ARNs that the expiry alarm notifies, usually an SNS topic. @default none */
  readonly alarmActions?: readonly string[];
}

/** A name of the certificate and the id of its hosted zone. */
export interface DnsName {
  readonly name: string;
  /** Id of the hosted zone (a token). */
  readonly zoneId: string;
}

/**
 * A public certificate with DNS validation in one or more hosted zones, and an alarm 30 days before it
 * expires. ACM renews it as long as the validation records exist.
 *
 * The hosted zones must exist; they are looked up by name. To point the names at a load balancer, use
 * `AliasRecords`.
 *
 * Cost: certificate and records are free; the alarm costs as much as any standard CloudWatch alarm.
 */
export class Certificate extends Construct {
  /** ARN (a token), known once the certificate is issued, so a listener that uses it waits for that. */
  public readonly certificateArn: string;
  /** All distinct names of the certificate, `domainName` first. */
  public readonly dnsNames: readonly DnsName[];

  /** @throws Error if a name is in none of the zones, or the first name is too long */
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
      // The listener uses the old certificate until it is switched to the new one.
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
      // The metric starts up to a day after issuance and stops at expiry. Keeping the state avoids a false
      // alarm at the start and keeps a real one from clearing at the end.
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
   * One record per name. ACM uses the same record for every certificate with this name in the account, so the apply
   * fails if it exists: another stack or tool owns it, and would lose it when this stack is destroyed. Without
   * `allowOverwrite`, Terraform deletes its own old record first when the certificate is replaced.
   *
   * The order of the validation options is undefined, so the value is looked up by name;
   * cdktf has no function for that, so the expression is written out.
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
      });
    });
  }
}
