// The name of a local group.
import type { ListedGroup } from '#access/people/search-groups.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'

type FormPageProps = { frame: Frame; group: ListedGroup | undefined; state: FormState }

export const GroupFormPage = ({ frame, group, state }: FormPageProps) => (
  <ConsolePage
    frame={frame}
    section="groups"
    title={group === undefined ? 'New group' : `Rename ${group.displayName}`}
    lead={
      group === undefined
        ? 'For people whom no identity provider groups the way you need. Members are added afterwards.'
        : 'Mappings stay: they are bound to the group, not to its name.'
    }
    trail={sectionTrail('groups')}
  >
    <PostForm
      action={group === undefined ? '/console/groups' : `/console/groups/${group.id}`}
      state={state}
      class="panel"
    >
      <Field {...field(state, 'displayName')} label="Name" maxlength={200} />
      <Buttons
        submit={group === undefined ? 'Create the group' : 'Save'}
        back={group === undefined ? '/console/groups' : `/console/groups/${group.id}`}
      />
    </PostForm>
  </ConsolePage>
)
