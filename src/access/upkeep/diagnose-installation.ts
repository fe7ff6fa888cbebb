// What is wrong with the installation as a whole, as far as its database tells: how PostgreSQL is set, what it carries along, under
// which keys secrets lie, and what stands in the way of people in any organization.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Services } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { dateInWords } from '#words/times.ts'
import { countSecretsByKey, type KeyUse } from './reseal-secrets.ts'

export type InstallationFinding = {
  check: string
  /** `fault`: something does not work or will not last; `advice`: it works, and could be better. */
  severity: 'fault' | 'advice'
  /** What is the case. */
  text: string
  /** What to do about it. */
  advice: string
}

/** Something that does not work or will not last. */
export const fault = (check: string, text: string, advice: string): InstallationFinding => ({
  check,
  severity: 'fault',
  text,
  advice,
})

/** What works, and could be better. */
export const hint = (check: string, text: string, advice: string): InstallationFinding => ({
  check,
  severity: 'advice',
  text,
  advice,
})

type Setup = {
  version: number
  settings: Record<string, string>
  now: string
  connections: number
  age: number
  invalid: string[]
  bloated: { name: string; dead: number; live: number }[]
}

const names = ['fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'max_connections', 'server_encoding']

// Rows that are dead and many: autovacuum does not get there.
const setup = prepared<{ names: readonly string[] }, Setup>(
  (p) => sql`select current_setting('server_version_num')::int as version, clock_timestamp() as now,
      (select json_object_agg(name, setting) from pg_settings where name = any (${p.names}::text[])) as settings,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
      (select age(datfrozenxid)::int from pg_database where datname = current_database()) as age,
      coalesce((select json_agg(i.indexrelid::regclass::text) from pg_index i where not i.indisvalid), '[]') as invalid,
      coalesce((select json_agg(json_build_object('name', t.relname, 'dead', t.n_dead_tup, 'live', t.n_live_tup)) from pg_stat_user_tables t
        where t.n_dead_tup > 100000 and t.n_dead_tup > t.n_live_tup / 2), '[]') as bloated`,
)

/** PostgreSQL stops at two thousand million; autovacuum has failed long before. */
const worryingAge = 1_000_000_000

const minimumVersion = 150_000

/** Of connections that PostgreSQL takes. */
const crowded = 0.9

/** The server gives tokens some seconds of leeway, providers rarely more than a minute. */
const clockMillis = 5_000

const durable = (settings: Record<string, string>): InstallationFinding[] =>
  ['fsync', 'full_page_writes', 'autovacuum']
    .filter((name) => settings[name] === 'off')
    .map((name) =>
      fault(
        'database_settings',
        `PostgreSQL runs with ${name} off`,
        `Set ${name} = on: otherwise ${name === 'autovacuum' ? 'it slows down and in the end stops' : 'a crash loses what was acknowledged'}`,
      ),
    )

function ofSetup(
  { version, settings, connections, age, invalid, bloated, now }: Setup,
  clock: Date,
): InstallationFinding[] {
  const most = Number(settings['max_connections'] ?? 0)
  const apart = Math.abs(new Date(now).getTime() - clock.getTime())
  return [
    ...(version < minimumVersion
      ? [fault('database_version', `PostgreSQL is ${Math.floor(version / 10_000)}`, 'Upgrade it to 15 or later')]
      : []),
    ...durable(settings),
    ...(settings['synchronous_commit'] === 'off'
      ? [
          fault(
            'database_settings',
            'PostgreSQL acknowledges what is not on disk (synchronous_commit = off)',
            'Set it to on',
          ),
        ]
      : []),
    ...(settings['server_encoding'] === 'UTF8'
      ? []
      : [
          fault(
            'database_settings',
            `The database is encoded as ${settings['server_encoding']}`,
            'Make one in UTF8, and restore a backup into it',
          ),
        ]),
    ...(most > 0 && connections > most * crowded
      ? [
          fault(
            'connections',
            `${connections} of ${most} connections to PostgreSQL are in use`,
            'Raise max_connections, lower DATABASE_CONNECTIONS, or put a pooler in between',
          ),
        ]
      : []),
    ...(age > worryingAge
      ? [
          fault(
            'database_age',
            `The oldest transaction is ${age.toLocaleString('en')} back`,
            'Find out what keeps autovacuum from freezing: old transactions, replication slots, locks',
          ),
        ]
      : []),
    ...invalid.map((index) => fault('index', `The index ${index} is not valid`, `reindex index concurrently ${index}`)),
    ...bloated.map(({ name, dead, live }) =>
      hint(
        'bloat',
        `${name} has ${dead.toLocaleString('en')} dead rows beside ${live.toLocaleString('en')}`,
        `vacuum ${name}, and see what holds autovacuum back`,
      ),
    ),
    ...(apart > clockMillis
      ? [
          fault(
            'clock',
            `The clocks of this machine and of PostgreSQL are ${Math.round(apart / 1000)} s apart`,
            'Set both by NTP: assertions, codes and tokens are refused where a clock is wrong',
          ),
        ]
      : []),
  ]
}

const ofKey = ({ keyId, status, secrets }: KeyUse): InstallationFinding[] => {
  if (status === 'missing')
    return [
      fault(
        'keys',
        `${counted(secrets, 'secret is', 'secrets are')} sealed under the key ${keyId}, which is not configured`,
        'Add it to ENCRYPTION_KEYS, after the current one',
      ),
    ]
  if (status === 'old' && secrets === 0)
    return [
      hint(
        'keys',
        `Nothing is sealed under the key ${keyId} now`,
        'Take it out of ENCRYPTION_KEYS, and keep it with older backups',
      ),
    ]
  return []
}

type Health = { fault: string; organization: string | null; subject: string | null; at: string | null; count: number }

const health = prepared<Record<string, never>, Health>(
  () => sql`select fault, organization, subject, at, count::int as count from installation_health()`,
)

/** A backup is made daily; a week without one is an oversight. */
const backupDays = 7

function ofBackup(at: string | null, now: Date): InstallationFinding[] {
  if (at === null)
    return [
      hint(
        'backup',
        '`rolecall backup` has never been run',
        'Run it daily, and try a restore with --verify; ignore this if other tools back the database up',
      ),
    ]
  const days = Math.floor((now.getTime() - new Date(at).getTime()) / 86_400_000)
  return days < backupDays
    ? []
    : [
        fault(
          'backup',
          `The last backup is ${counted(days, 'day')} old`,
          'Find out why `rolecall backup` no longer runs',
        ),
      ]
}

function ofHealth({ fault: kind, organization, subject, at, count }: Health, now: Date): InstallationFinding[] {
  const where = `in ${organization}`
  const on = at === null ? '' : dateInWords(at)
  if (kind === 'backup') return ofBackup(at, now)
  if (kind === 'certificate_ending')
    return [
      fault(
        'certificate',
        `The last certificate of the connection ${subject} ${where} ends on ${on}`,
        'Fetch the provider’s metadata of today: `connection refresh`',
      ),
    ]
  if (kind === 'connection_failing')
    return [
      fault(
        'sign_in',
        `All ${count} sign-ins of the last day through ${subject} ${where} have failed`,
        'Open Sign-ins in the console: each says why',
      ),
    ]
  if (kind === 'mail_failing')
    return [
      fault(
        'mail',
        `${counted(count, 'mail')} ${where} could not be sent`,
        'See `rolecall doctor --organization` for what the mail server said',
      ),
    ]
  return [
    fault(
      'mass_change',
      `The directory ${subject} ${where} has taken rights from so many people that it waits for a word`,
      'Confirm or restore it on the page of the directory',
    ),
  ]
}

/** @param now of this machine @throws AppError unavailable */
export async function diagnoseInstallation(services: Services): Promise<InstallationFinding[]> {
  const { database, clock } = services
  const now = clock.now()
  const [found] = await database.read(setup({ names }))
  const standing = await database.read(health({}))
  return [
    ...(found === undefined ? [] : ofSetup(found, now)),
    ...(await countSecretsByKey(services)).flatMap(ofKey),
    ...standing.flatMap((each) => ofHealth(each, now)),
  ]
}
