// The frame of the pages that people have about themselves.
import type { Child } from 'hono/jsx'
import type { AssetName } from './assets.ts'
import { Page } from './page.tsx'
import { useWords } from './reader.tsx'
import { InZone } from './time.tsx'

const sections = {
  access: { label: 'account.access', href: '/account' },
  sessions: { label: 'account.sessions', href: '/account/sessions' },
  organizations: { label: 'account.organizations', href: '/account/organizations' },
  profile: { label: 'account.profile', href: '/account/profile' },
  data: { label: 'account.data', href: '/account/data' },
  security: { label: 'account.security', href: '/account/security' },
  reviews: { label: 'account.reviews', href: '/account/reviews' },
  tasks: { label: 'account.tasks', href: '/account/tasks' },
} as const

export type AccountSection = keyof typeof sections

export type AccountPageProps = {
  section: AccountSection
  /** The name of the person. */
  name: string
  organization: string
  /** In which times are shown, as their profile says; the browser's where it does not. */
  timeZone?: string | null
  /** Leads on to their reviews, which few people have. */
  isReviewer?: boolean
  /** Leads on to the console. */
  isManager?: boolean
  lead?: Child
  actions?: Child
  scripts?: readonly AssetName[]
  /** For long lists, as the console has them. */
  isList?: boolean
  children?: Child
}

export const AccountPage = ({
  section,
  name,
  organization,
  timeZone = null,
  isReviewer = false,
  isManager = false,
  lead,
  actions,
  scripts = [],
  isList = false,
  children,
}: AccountPageProps) => {
  const words = useWords()
  const links = Object.entries(sections)
    .filter(([key]) => (key !== 'reviews' && key !== 'tasks') || section === key || (key === 'reviews' && isReviewer))
    .map(([key, { label, href }]) => ({ label: words(label), href, isCurrent: key === section }))
  return (
    <Page
      title={words(sections[section].label)}
      organization={organization}
      user={{ name, accountPath: '/account', signOutPath: '/account/sign-out' }}
      navigation={isManager ? [...links, { label: words('account.console'), href: '/console' }] : links}
      lead={lead}
      actions={actions}
      scripts={scripts}
      wide={isList}
      styles={isList ? ['console.css'] : []}
    >
      <InZone timeZone={timeZone}>{children}</InZone>
    </Page>
  )
}
