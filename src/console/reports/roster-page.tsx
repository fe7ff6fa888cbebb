// Comparing with a list from elsewhere, such as personnel's.
import type { RosterComparison, RosterPerson } from '#access/reports/compare-roster.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Facts, Table } from '#http/ui/content.tsx'
import { type FormState, PostForm } from '#http/ui/form.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel, TextArea } from '../ui/parts.tsx'
import { StatusBadge } from '../ui/people.tsx'

type RosterProps = { frame: Frame; state: FormState; found: RosterComparison | undefined }

/** More would be a list that nobody reads; the API has all. */
const shown = 500

export const RosterPage = ({ frame, state, found }: RosterProps) => (
  <ConsolePage
    frame={frame}
    section="reports"
    title="Compare with a list"
    lead="Paste a list of e-mail addresses or user names, or a whole CSV: you see who is missing here, and who is here and not on it. Nothing of the list is kept."
    trail={sectionTrail('reports')}
  >
    {found === undefined ? null : <Found found={found} />}
    <PostForm action="/console/reports/roster" state={state}>
      <TextArea
        name="people"
        label="The list"
        value={state.values['people']}
        error={state.errors['people']}
        rows={12}
        hint="One a line, or CSV with a column such as “E-mail”."
      />
      <SubmitButton label="Compare the list" />
    </PostForm>
  </ConsolePage>
)

const Found = ({ found: { listed, matched, missing, notActive, tooMuch } }: { found: RosterComparison }) => (
  <>
    <Panel title="What was compared">
      <Facts
        facts={[
          { term: 'On the list', value: String(listed) },
          { term: 'Known here', value: String(matched) },
          { term: 'Missing here', value: String(missing.length) },
          { term: 'On the list and not active here', value: String(notActive.length) },
          { term: 'Here and not on the list', value: String(tooMuch.length) },
        ]}
      />
    </Panel>
    {tooMuch.length === 0 ? null : <People caption="Here and not on the list" people={tooMuch} />}
    {missing.length === 0 ? null : (
      <Table
        caption="On the list and missing here"
        columns={['Address or user name']}
        rows={missing.slice(0, shown).map((name) => [name])}
      />
    )}
    {notActive.length === 0 ? null : <People caption="On the list and not active here" people={notActive} />}
  </>
)

const People = ({ caption, people }: { caption: string; people: readonly RosterPerson[] }) => (
  <Table
    caption={caption}
    columns={['Person', 'User name', 'Status']}
    rows={people
      .slice(0, shown)
      .map(({ id, userName, displayName, status }) => [
        <a href={`/console/users/${id}`}>{displayName ?? userName}</a>,
        userName,
        <StatusBadge status={status} />,
      ])}
  />
)
