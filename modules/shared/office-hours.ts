/** Hours in which a service runs, Monday to Friday. */
export interface OfficeHours {
  /** IANA time zone, for example `Europe/Berlin`; AWS handles daylight saving time. */
  readonly timeZone: string;
  /** Hour at which the tasks are started, 0 to 22. */
  readonly startHour: number;
  /** Hour at which the tasks are stopped, 1 to 23, after `startHour`. */
  readonly endHour: number;
}
