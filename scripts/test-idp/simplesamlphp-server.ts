// SimpleSAMLphp as a real SAML identity provider: Debian's package, served by PHP's own server on loopback, with settings in
// a folder of its own. One person: ada, password "secret".
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { requireDebian, temporaryFolder } from '../foreign-packages.ts'
import { freePort } from '../server-process.ts'
import { startForeign } from './foreign-server.ts'

const home = '/usr/share/simplesamlphp'
const packages = ['simplesamlphp', 'php-cli', 'php-xml', 'php-mbstring']

export type SimpleSaml = {
  origin: string
  metadataUrl: string
  /** Tells the identity provider about a service provider, in place of the one before. */
  trust(entityId: string, settings: Record<string, string | boolean>): void
  stop(): Promise<void>
}

/** Installs what is missing. @throws NotInstalled saying what to do where that is not possible */
export const requireSimpleSaml = (): void => requireDebian(packages, isInstalled)

const isInstalled = (): boolean =>
  spawnSync('php', [
    '-r',
    `exit(is_dir("${home}/www") && extension_loaded("dom") && extension_loaded("mbstring") ? 0 : 1);`,
  ]).status === 0

/** Starts it. @throws Error where it does not answer */
export async function startSimpleSaml(): Promise<SimpleSaml> {
  const folder = temporaryFolder()
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  for (const name of ['config', 'metadata', 'cert', 'log', 'data', 'tmp', 'sessions']) mkdirSync(join(folder, name))
  const key = createSigningKey({ commonName: 'simplesamlphp.example.com' })
  writeFileSync(join(folder, 'cert/server.pem'), key.privateKey)
  writeFileSync(join(folder, 'cert/server.crt'), key.certificate)
  writeFileSync(join(folder, 'config/config.php'), config(folder, origin))
  writeFileSync(join(folder, 'config/authsources.php'), authenticationSources)
  writeFileSync(join(folder, 'metadata/saml20-idp-hosted.php'), hostedProvider)
  writeFileSync(join(folder, 'metadata/saml20-sp-remote.php'), '<?php\n')
  const options = [
    '-d',
    `session.save_path=${folder}/sessions`,
    '-d',
    // Otherwise what it is told about us counts two seconds later only.
    'opcache.enable=0',
    '-d',
    'display_errors=stderr',
  ]
  const metadataUrl = `${origin}/saml2/idp/metadata.php`
  const { stop } = await startForeign(
    {
      command: 'php',
      args: [...options, '-S', `127.0.0.1:${port}`, '-t', `${home}/www`],
      env: { SIMPLESAMLPHP_CONFIG_DIR: join(folder, 'config'), PHP_CLI_SERVER_WORKERS: '4' },
    },
    metadataUrl,
  )
  return {
    ...{ origin, metadataUrl, stop },
    trust: (entityId, settings) => {
      const entries = Object.entries(settings).map(([name, value]) => `  '${name}' => ${php(value)},`)
      const text = `<?php\n$metadata['${entityId}'] = [\n${entries.join('\n')}\n];\n`
      writeFileSync(join(folder, 'metadata/saml20-sp-remote.php'), text)
    },
  }
}

const php = (value: string | boolean): string =>
  typeof value === 'boolean' ? String(value) : `'${value.replace(/['\\]/g, '\\$&')}'`

/** Debian's settings with ours after them. */
function config(folder: string, origin: string): string {
  const settings: Record<string, string | boolean> = {
    baseurlpath: `${origin}/`,
    certdir: `${folder}/cert/`,
    loggingdir: `${folder}/log/`,
    datadir: `${folder}/data/`,
    tempdir: `${folder}/tmp`,
    metadatadir: `${folder}/metadata/`,
    secretsalt: 'for-tests-alone',
    'auth.adminpassword': 'for-tests-alone',
    timezone: 'UTC',
    'logging.handler': 'errorlog',
    'enable.saml20-idp': true,
    'session.cookie.secure': false,
    'store.type': 'phpsession',
    'proxy.unused': false,
  }
  const lines = Object.entries(settings).map(([name, value]) => `$config['${name}'] = ${php(value)};`)
  const general = readFileSync('/etc/simplesamlphp/config.php', 'utf8').replace(/\?>\s*$/, '')
  return `${general}
${lines.join('\n')}
$config['module.enable'] = ['exampleauth' => true, 'core' => true, 'saml' => true];
$config['metadata.sources'] = [['type' => 'flatfile', 'directory' => '${folder}/metadata']];
`
}

const authenticationSources = `<?php
$config = [
  'people' => [
    'exampleauth:UserPass',
    'ada:secret' => [
      'uid' => ['ada'],
      'email' => ['ada@simplesaml.example.com'],
      'firstName' => ['Ada'],
      'lastName' => ['Brook'],
      'groups' => ['Everyone', 'Editors'],
    ],
  ],
];
`

const hostedProvider = `<?php
$metadata['__DYNAMIC:1__'] = [
  'host' => '__DEFAULT__',
  'privatekey' => 'server.pem',
  'certificate' => 'server.crt',
  'auth' => 'people',
  'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'sign.logout' => true,
  'validate.logout' => true,
  'redirect.validate' => true,
  'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  'authproc' => [
    3 => [
      'class' => 'saml:AttributeNameID',
      'attribute' => 'email',
      'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    ],
  ],
];
`
