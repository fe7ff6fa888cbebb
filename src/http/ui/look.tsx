// The parts of a page by which people see whose it is: style sheet, logo, name, and the links below.
import type { Look } from '#access/ground/look.ts'
import { Logo } from './logo.tsx'
import { logoPath, lookPath } from './look-paths.ts'
import { useReader, useWords, type Words } from './reader.tsx'

/** After Rolecall's own style sheets, so that it counts more. */
export const LookSheet = () => {
  const href = lookPath(useReader().look)
  return href === undefined ? null : <link rel="stylesheet" href={href} />
}

/** What the page is called by: the organization's own name for itself, else what the page knows, else the platform's. */
export const shownName = (look: Look | undefined, organization: string | undefined): string =>
  (organization === undefined ? undefined : (look?.ownName ?? organization)) ?? look?.platformName ?? 'Rolecall'

/** The logo says the same as the name beside it, so that nobody hears it twice. */
export const NameRow = ({ organization }: { organization: string | undefined }) => {
  const { look } = useReader()
  const hash = look?.logoHash ?? null
  return (
    <>
      {hash === null ? <Logo /> : <img class="own-logo" src={logoPath(hash)} alt="" />}
      <span class="brand-name">{shownName(look, organization)}</span>
    </>
  )
}

export const LookLinks = () => {
  const { look } = useReader()
  const t = useWords()
  const links = look === undefined ? [] : linksOf(look, t)
  if (links.length === 0) return null
  return (
    <nav class="look-links" aria-label={t('frame.about')}>
      <ul>
        {links.map(({ label, href }) => (
          <li>{href === null ? label : <a href={href}>{label}</a>}</li>
        ))}
      </ul>
    </nav>
  )
}

const linksOf = ({ helpUrl, privacyUrl, termsUrl, supportContact }: Look, t: Words) => [
  ...(helpUrl === null ? [] : [{ label: t('frame.help'), href: helpUrl }]),
  ...(privacyUrl === null ? [] : [{ label: t('frame.privacy'), href: privacyUrl }]),
  ...(termsUrl === null ? [] : [{ label: t('frame.terms'), href: termsUrl }]),
  ...(supportContact === null
    ? []
    : [{ label: t('frame.support', { contact: supportContact }), href: addressOf(supportContact) }]),
]

/** Null for a sentence, which leads nowhere. */
function addressOf(contact: string): string | null {
  if (/^https:\/\/\S+$/.test(contact)) return contact
  if (/^[^\s@]+@[^\s@]+$/.test(contact)) return `mailto:${contact}`
  return /^\+?[\d\s()/-]{6,}$/.test(contact) ? `tel:${contact.replaceAll(/[^\d+]/g, '')}` : null
}
