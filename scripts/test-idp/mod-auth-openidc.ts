// mod_auth_openidc, Apache's module, as a host application: Debian's packages, with a configuration of its own on loopback.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonObject, textAt } from '#sandbox/json.ts'
import { isDebianInstalled, requireDebian, temporaryFolder, versionOfDebian } from '../foreign-packages.ts'
import { freePort } from '../server-process.ts'
import { startForeign } from './foreign-server.ts'
import { hostChecks, pageWithRoles, registerHost } from './host.ts'
import type { Peer } from './peer.ts'
import { createTenant } from './tenant.ts'

const packages = ['libapache2-mod-auth-openidc', 'apache2']
const modulesFolder = '/usr/lib/apache2/modules'
const modules = [
  'mpm_event',
  'authz_core',
  'authz_user',
  'authn_core',
  'alias',
  'dir',
  'mime',
  'include',
  'auth_openidc',
]

export const modAuthOpenidc: Peer = {
  name: 'mod-auth-openidc',
  title: 'mod_auth_openidc as host application',
  async start(rolecall) {
    requireDebian(packages, () => isDebianInstalled(packages))
    const [folder, port] = [temporaryFolder(), await freePort()]
    const origin = `http://127.0.0.1:${port}`
    const tenant = await createTenant(rolecall, 'mod-auth-openidc', 'mod-auth-openidc.example.com')
    const redirectUri = `${origin}/redirect`
    const made = await registerHost(tenant, {
      ...{ redirectUri, afterSignOut: `${origin}/public/` },
      backchannelLogoutUri: `${redirectUri}?logout=backchannel`,
    })
    writePages(folder)
    writeFileSync(join(folder, 'apache.conf'), configuration({ folder, port, redirectUri, made }))
    const server = await startForeign(
      { command: 'apache2', args: ['-d', folder, '-f', join(folder, 'apache.conf'), '-D', 'FOREGROUND'] },
      `${origin}/public/`,
    )
    return {
      version: `${versionOfDebian('libapache2-mod-auth-openidc')} (Debian)`,
      checks: hostChecks({
        ...{ tenant, signInUrl: `${origin}/sign-in/`, isTold: true },
        signOutUrl: `${redirectUri}?logout=${encodeURIComponent(`${origin}/public/`)}`,
        page: pageWithRoles(`${origin}/page/`),
      }),
      lastWords: async () => `${await tenant.lastAttempts()}\n${lastLines(join(folder, 'error.log'))}`,
      stop: server.stop,
    }
  },
}

const lastLines = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-20).join('\n')

/** Server-side includes show what the module tells an application: the claims, as variables of its environment. */
function writePages(folder: string): void {
  // Apache starts as root and serves as somebody else.
  chmodSync(folder, 0o755)
  for (const name of ['public', 'page', 'sign-in']) mkdirSync(join(folder, 'www', name), { recursive: true })
  writeFileSync(join(folder, 'www/public/index.shtml'), 'Nobody\n')
  for (const name of ['page', 'sign-in'])
    writeFileSync(join(folder, 'www', name, 'index.shtml'), 'Roles: <!--#echo var="OIDC_CLAIM_roles" -->\n')
}

type Settings = { folder: string; port: number; redirectUri: string; made: JsonObject }

const configuration = ({ folder, port, redirectUri, made }: Settings): string => `
ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
${modules
  .filter((name) => existsSync(`${modulesFolder}/mod_${name}.so`))
  .map((name) => `LoadModule ${name}_module ${modulesFolder}/mod_${name}.so`)
  .join('\n')}
TypesConfig /etc/mime.types
DocumentRoot ${folder}/www
DirectoryIndex index.shtml
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory ${folder}/www>
  Options +Includes
  Require all granted
</Directory>
OIDCProviderMetadataURL ${textAt(made, 'issuer')}/.well-known/openid-configuration
OIDCClientID ${textAt(made, 'clientId')}
OIDCClientSecret ${textAt(made, 'clientSecret')}
OIDCRedirectURI ${redirectUri}
OIDCCryptoPassphrase ${randomBytes(24).toString('hex')}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCSessionType server-cache
OIDCCacheType shm
OIDCCookieHTTPOnly On
<Location /redirect>
  AuthType openid-connect
  Require valid-user
</Location>
# The condition, since Node says of every request that a script sent it (Sec-Fetch-Mode).
<Location /sign-in>
  AuthType openid-connect
  Require valid-user
  OIDCUnAuthAction auth true
</Location>
<Location /page>
  AuthType openid-connect
  Require valid-user
  OIDCUnAuthAction 401
</Location>
`
