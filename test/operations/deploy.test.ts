// What deploy/ holds, as far as it can be read without a cluster: the unit, the chart's values, dashboard and rules.
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { createMetrics } from '#platform/metrics.ts'
import { environmentSchema } from '#src/config.ts'

const projectFolder = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(projectFolder, 'deploy', path), 'utf8')

describe('metrics', async () => {
  const { text } = await createMetrics().render({
    pool: () => ({ busy: 0, free: 0, waiting: 0 }),
    installation: async () => [],
  })
  const known = new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', kind]) => [
      name,
      ...(kind === 'histogram' ? [`${name}_count`, `${name}_sum`, `${name}_bucket`] : []),
    ]),
  )
  const named = (expression: string) => expression.match(/\b(?:rolecall|process|nodejs)_\w+/g) ?? []

  test('every one that the dashboard draws is there to be read', () => {
    type Panel = { title: string; targets: { expr: string }[] }
    const { panels } = JSON.parse(read('grafana/rolecall.json')) as { panels: Panel[] }
    const drawn = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => named(expr)))
    expect(drawn.length).toBeGreaterThan(panels.length)
    expect(drawn.filter((name) => !known.has(name))).toEqual([])
  })

  test('every one that an alert goes by is there to be read, and each alert says what is wrong', () => {
    type Rule = { alert: string; expr: string; annotations: { summary: string } }
    const { groups } = parse(read('prometheus/rolecall-rules.yaml')) as { groups: { rules: Rule[] }[] }
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.flatMap(({ expr }) => named(expr)).filter((name) => !known.has(name))).toEqual([])
    for (const { alert, annotations } of rules) {
      expect(alert).toMatch(/^Rolecall[A-Z]/)
      expect(annotations.summary).not.toBe('')
    }
  })
})

describe('the systemd unit', () => {
  const unit = read('systemd/rolecall.service')

  test('keeps the server to its own folder, without rights of its own', () => {
    const settings = new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
    expect(Object.fromEntries(settings)).toMatchObject({
      DynamicUser: 'yes',
      StateDirectory: 'rolecall',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
      RestrictNamespaces: 'yes',
      SystemCallFilter: '@system-service',
      UMask: '0077',
    })
    expect(unit).toContain('Environment=DATA_DIR=/var/lib/rolecall')
  })

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
  test.skipIf(!hasSystemd)('is understood by systemd', () => {
    const { stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', join(projectFolder, 'deploy/systemd/rolecall.service')],
      {
        encoding: 'utf8',
      },
    )
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('rolecall.service'))
    // The only thing that is not here is the server itself.
    expect(said.filter((line) => !/is not executable: No such file/.test(line))).toEqual([])
  })
})

describe('the chart', () => {
  const values = parse(read('helm/rolecall/values.yaml')) as Record<string, unknown>
  const templates = globSync('helm/rolecall/templates/*', { cwd: join(projectFolder, 'deploy') }).map((path) =>
    read(path),
  )

  test('names only values that there are, and leaves none unused', () => {
    const used = templates.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path))
    const at = (path: string) =>
      path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], values)
    expect(used.filter((path) => at(path) === undefined)).toEqual([])
    const leaves = Object.entries(values).flatMap(([key, value]) =>
      isObject(value) ? Object.keys(value).map((inner) => `${key}.${inner}`) : [key],
    )
    const isUsed = (leaf: string) => used.some((path) => leaf === path || leaf.startsWith(`${path}.`))
    expect(leaves.filter((leaf) => !isUsed(leaf))).toEqual([])
  })

  test('sets what the server reads, and secrets by reference alone', () => {
    const deployment = templates.find((text) => text.includes('kind: Deployment')) ?? ''
    const literal = [...deployment.matchAll(/- name: ([A-Z_]+)$/gm)].map(([, name = '']) => name)
    const names = [...literal, ...Object.keys(values['settings'] as object)]
    expect(names.filter((name) => !Object.hasOwn(environmentSchema.shape, name))).toEqual([])
    for (const secret of ['DATABASE_URL', 'DATABASE_OWNER_URL', 'ENCRYPTION_KEYS', 'SMTP_URL', 'METRICS_TOKEN'])
      expect(deployment).toMatch(new RegExp(`- name: ${secret}\\s+valueFrom: \\{ secretKeyRef:`))
    expect(deployment).toMatch(/readinessProbe:\s+httpGet: \{ path: \/readyz/)
    expect(deployment).toMatch(/livenessProbe:[^}]*path: \/healthz/)
    expect(deployment).toContain('command: [rolecall, migrate]')
  })

  const hasHelm = spawnSync('helm', ['version']).status === 0
  test.skipIf(!hasHelm)('is rendered by helm', () => {
    const chart = join(projectFolder, 'deploy/helm/rolecall')
    const rendered = parseAllDocuments(
      execFileSync('helm', ['template', 'rolecall', chart, '--kube-version=1.31'], { encoding: 'utf8' }),
    )
    const kinds = rendered.map((document) => (document.toJS() as { kind: string }).kind).sort()
    expect(kinds).toEqual(['Deployment', 'Ingress', 'PodDisruptionBudget', 'Service'])
  })
})

test('the compose file holds the server to what it needs', () => {
  const { services } = parse(readFileSync(join(projectFolder, 'docker-compose.yml'), 'utf8')) as {
    services: { server: Record<string, unknown> }
  }
  expect(services.server).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  })
})

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
