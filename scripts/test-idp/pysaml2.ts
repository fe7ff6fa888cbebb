// pysaml2 as a SAML provider that signs people in: Debian's package, under a small provider written with it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { isDebianInstalled, requireDebian, temporaryFolder, versionOfDebian } from '../foreign-packages.ts'
import { freePort } from '../server-process.ts'
import { debianPython, startForeign } from './foreign-server.ts'
import type { Peer } from './peer.ts'
import { connectSaml, signatureChecks } from './saml-upstream.ts'
import { createTenant } from './tenant.ts'
import { deactivationCheck, type Upstream, upstreamChecks } from './upstream.ts'
import { walk, withPassword } from './walk.ts'

const packages = ['python3-pysaml2', 'xmlsec1']

export const pysaml2: Peer = {
  name: 'pysaml2',
  title: 'pysaml2 as SAML provider',
  async start(rolecall) {
    requireDebian(packages, () => isDebianInstalled(packages))
    const [folder, port] = [temporaryFolder(), await freePort()]
    const origin = `http://127.0.0.1:${port}`
    const { privateKey, certificate } = createSigningKey({ commonName: 'pysaml2.example.com' })
    writeFileSync(join(folder, 'key.pem'), privateKey)
    writeFileSync(join(folder, 'certificate.pem'), certificate)
    const sign = (signed: { response: boolean; assertion: boolean }) =>
      writeFileSync(join(folder, 'signed.json'), JSON.stringify(signed))
    sign({ response: true, assertion: true })
    const program = join(import.meta.dirname, 'pysaml2-provider.py')
    const server = await startForeign(
      { command: debianPython, args: [program, folder, String(port)] },
      `${origin}/metadata`,
    )
    try {
      const tenant = await createTenant(rolecall, 'pysaml2', 'pysaml2.example.com')
      const { startUrl, metadata } = await connectSaml(tenant, `${origin}/metadata`)
      writeFileSync(join(folder, 'sp.xml'), metadata)
      const upstream: Upstream = {
        ...{ tenant, startUrl, userName: 'ada@pysaml2.example.com', group: 'Editors', isToldOfLogout: true },
        enter: () => withPassword('ada', 'secret'),
        signOutThere: async (browser) => void (await walk(browser, `${origin}/sign-out`)),
      }
      return {
        version: `${versionOfDebian('python3-pysaml2')} (Debian)`,
        checks: [...upstreamChecks(upstream), ...signatureChecks(upstream, sign), deactivationCheck(upstream)],
        lastWords: async () => `${await tenant.lastAttempts()}\n${server.lastWords()}`,
        stop: server.stop,
      }
    } catch (error) {
      await server.stop()
      throw error
    }
  },
}
