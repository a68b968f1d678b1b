const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/**
 * An instant as a `Date:` header has it, in UTC: `Tue, 24 Nov 2020 03:01:09 +0000` (RFC 5322, 3.3;
 * 3/3-api/apis-ec-rfc-822-date).
 *
 * @throws RangeError for an invalid date and for years that four digits cannot hold
 */
export function rfc2822Date(date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError(`not a date of a mail header: ${String(date)}`);
  const day = `${DAYS[date.getUTCDay()]!}, ${twoDigits(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]!}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(':');
  return `${day} ${String(year).padStart(4, '0')} ${time} +0000`;
}
