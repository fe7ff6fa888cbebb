// LemonLDAP::NG as a real identity provider: Debian's package, its portal under Starman on loopback, with settings and
// sessions in a folder of its own. Its demonstration people, dwho among them, have their name as their password.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { isDebianInstalled, requireDebian, temporaryFolder, versionOfDebian } from '../foreign-packages.ts'
import { freePort } from '../server-process.ts'
import { type ForeignServer, startForeign } from './foreign-server.ts'

/** Its portal does not start without modules that Debian only recommends or suggests. */
const packages = [
  ...['lemonldap-ng', 'starman', 'liblasso-perl', 'libglib-perl', 'libxml-simple-perl', 'libio-string-perl'],
  ...['libstring-random-perl', 'libcrypt-openssl-bignum-perl', 'libemail-sender-perl', 'libmime-tools-perl'],
  ...['libunicode-string-perl', 'libgd-securityimage-perl', 'libimage-magick-perl'],
]
const program = '/usr/share/lemonldap-ng/portal/htdocs/index.psgi'

export const lemonldapVersion = (): string => `${versionOfDebian('lemonldap-ng')} (Debian)`

export type Lemonldap = {
  origin: string
  /** Gives it further settings, and starts it again with them. */
  configure(settings: object): Promise<void>
  lastWords(): string
  stop(): Promise<void>
}

/** Installs and starts it. @throws NotInstalled */
export async function startLemonldap(): Promise<Lemonldap> {
  requireDebian(packages, () => isDebianInstalled(packages))
  const [folder, port] = [temporaryFolder(), await freePort()]
  const origin = `http://127.0.0.1:${port}`
  for (const name of ['conf', 'cache', 'sessions', 'lock', 'psessions', 'plock']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'lemonldap-ng.ini'), ini(folder))
  const settings = { ...installedSettings(), ...ownSettings(folder, origin) }
  let server: ForeignServer | undefined
  const configure = async (further: object): Promise<void> => {
    Object.assign(settings, further)
    await server?.stop()
    writeFileSync(join(folder, 'conf/lmConf-1.json'), JSON.stringify(settings))
    server = await startForeign(
      {
        command: 'starman',
        args: ['--listen', `127.0.0.1:${port}`, '--workers', '3', program],
        env: { LLNG_DEFAULTCONFFILE: join(folder, 'lemonldap-ng.ini') },
      },
      `${origin}/.well-known/openid-configuration`,
    )
  }
  await configure({})
  return {
    ...{ origin, configure },
    lastWords: () => server?.lastWords() ?? '',
    stop: async () => server?.stop(),
  }
}

const installedSettings = (): object =>
  JSON.parse(readFileSync('/var/lib/lemonldap-ng/conf/lmConf-1.json', 'utf8')) as object

const ini = (folder: string): string => `[all]
logLevel = warn
logger = Lemonldap::NG::Common::Logger::Std
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'configuration', 'default_expires_in' => 1, 'cache_root' => '${folder}/cache', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
`

function ownSettings(folder: string, origin: string): object {
  const { privateKey, certificate } = createSigningKey({ commonName: 'lemonldap.example.com' })
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    ...{ portal: `${origin}/`, domain: '127.0.0.1', notification: 0 },
    globalStorageOptions: { Directory: `${folder}/sessions`, LockDirectory: `${folder}/lock` },
    persistentStorageOptions: { Directory: `${folder}/psessions`, LockDirectory: `${folder}/plock` },
    localSessionStorageOptions: { namespace: 'sessions', default_expires_in: 1, cache_root: `${folder}/cache` },
    macros: {
      _whatToTrace: 'lc($_user)',
      email: '"$uid\\@lemonldap.example.com"',
      ssoEmail: '"$uid\\@lemonldap-saml.example.com"',
    },
    groups: { Everyone: '1', Editors: '$uid eq "dwho"' },
    ...{ issuerDBSAMLActivation: 1, issuerDBOpenIDConnectActivation: 1, samlNameIDFormatMapEmail: 'ssoEmail' },
    ...{ samlServicePrivateKeySig: privateKey, samlServicePublicKeySig: certificate },
    samlServiceUseCertificateInResponse: 1,
    oidcServiceMetaDataIssuer: origin,
    ...{ oidcServicePrivateKeySig: pair.privateKey, oidcServicePublicKeySig: pair.publicKey },
    oidcServiceKeyIdSig: 'one',
  }
}
