// `npm run signatures`: has npm hold the signatures of all installed packages against the registry's keys. A registry that signs
// nothing, or is out of reach, is said and no failure; a signature that is wrong or missing is one.
import { spawnSync } from 'node:child_process'

// Said even where the script itself runs silently.
const wait = ['--fetch-retries=0', '--fetch-timeout=30000', '--loglevel=error']
const { status, stdout, stderr } = spawnSync('npm', ['audit', 'signatures', ...wait], {
  encoding: 'utf8',
  timeout: 300_000,
})
const said = `${stdout}${stderr}`
console.log(said.trim())
if (status !== 0) {
  const isBad = /(invalid|missing) (registry )?(signature|attestation)/i.test(said)
  if (!isBad) console.log('Skipped: the registry in use offers no signatures here')
  process.exitCode = isBad ? 1 : 0
}
