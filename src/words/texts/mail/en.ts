// Mails to people about themselves; what administrators and reviewers are told is in English (words/letters/).
export const en = {
  'mail.administrator': 'An administrator of {organization}',
  'mail.held': '{role} in {place}',
  'mail.heldUntil': '{role} in {place} until {time}',
  'invitation.subject': 'You are invited to {organization}',
  'invitation.lead': '{inviter} invites you to join {organization}.',
  'invitation.roles': 'You will be {roles}.',
  'invitation.allowed': 'As an exception, you may: {permissions}.',
  'invitation.denied': 'As an exception, you may not: {permissions}.',
  'invitation.choose':
    'To set up your account, open the link and choose a password or a passkey. After that you sign in with this e-mail address.',
  'invitation.provider':
    'You need no new password: open the link and sign in through {provider}, as you do for your other work.',
  'invitation.action': 'Accept the invitation',
  'invitation.closing':
    'The link is for you alone, works once, and is good until {time}. If you did not expect this, you need not do anything.',
  'newPassword.subject': 'Choose a new password for {organization}',
  'newPassword.lead': 'Somebody, most likely you, asked for a new password for {name} at {organization}.',
  'newPassword.action': 'Choose a new password',
  'newPassword.closing':
    'The link works once, for {minutes, plural, one {# minute} other {# minutes}}. If you did not ask for it, do nothing: your password stays as it is.',
  'passwordChanged.subject': 'Your password for {organization} was changed',
  'passwordChanged.lead':
    'The password of {name} at {organization} was changed just now, and you were signed out elsewhere.',
  'passwordChanged.closing':
    'If that was you, there is nothing to do. If it was not, choose a new password at {url} and tell your administrator.',
  'newAddress.subject': 'Confirm your new address at {organization}',
  'newAddress.lead': '{name} at {organization} wants to sign in with this address from now on.',
  'newAddress.action': 'Confirm the address',
  'newAddress.closing':
    'The link works once, for {hours, plural, one {# hour} other {# hours}}, where {name} is signed in. If you did not expect it, do nothing.',
  'addressChanged.subject': 'Your address at {organization} was changed',
  'addressChanged.lead': '{name} at {organization} signs in with {email} from now on, and not with this address.',
  'addressChanged.closing': 'If that was not you, tell your administrator at once.',
  'linked.subject': '{connection} can sign you in to {organization} from now on',
  'linked.lead':
    'A sign-in through {connection} was linked to {name} at {organization} just now. Whoever has that account there can sign in as you.',
  'linked.action': 'That was not me: remove it',
  'linked.closing':
    'If you expected it, there is nothing to do. The link takes the sign-in away and works once, for {days, plural, one {# day} other {# days}}; nothing happens before you confirm it there.',
  'ending.subject': 'Your access to {place} ends on {date}',
  'ending.subjectOf': '{holder}’s access to {place} ends on {date}',
  'ending.lead': 'On {time} your assignment ends: {role} in {place}. What it allows is refused from that moment on.',
  'ending.leadOf':
    'On {time} {holder}’s assignment ends: {role} in {place}. What it allows is refused from that moment on.',
  'ending.action': 'Extend the assignment',
  'ending.closing': 'If you need it for longer, ask your administrator, who can give the assignment another end.',
  'ending.closingOf':
    'You are named as the sponsor. If it is needed for longer, give the assignment another end, or ask an administrator to. If not, there is nothing to do.',
  'inactive.subject': 'Your account at {organization} will be deactivated on {date}',
  'inactive.lead':
    'Nobody has used your account at {organization} since {since}. If that does not change, it will be deactivated on {time}: you can no longer sign in, and your sessions end.',
  'inactive.keep': 'To keep it, sign in once before then. There is nothing else to do.',
  'inactive.closing':
    'If you no longer need the account, there is nothing to do. An administrator can switch it on again.',
  'changed.subject': 'Your access at {organization} has changed',
  'changed.roleGiven':
    '{who} gave you the role {role} in {place}{ends, select, yes { until {time}} other {}}{replaces, select, yes {, in place of {former}} other {}}.',
  'changed.roleTaken': '{who} took from you the role {role} in {place}.',
  'changed.roleMoved':
    '{who} changed the end of the role {role} in {place}: you hold it {ends, select, yes {until {time}} other {without an end}}.',
  'changed.allowGiven':
    '{who} gave you the permission {permission} in {place}{ends, select, yes { until {time}} other {}}.',
  'changed.allowTaken': '{who} took from you the permission {permission} in {place}.',
  'changed.allowMoved':
    '{who} changed the end of the permission {permission} in {place}: you hold it {ends, select, yes {until {time}} other {without an end}}.',
  'changed.denyGiven':
    '{who} took from you the permission {permission} in {place}{ends, select, yes { until {time}} other {}}.',
  'changed.denyTaken': '{who} gave you back the permission {permission} in {place}.',
  'changed.denyMoved':
    '{who} changed until when you are without the permission {permission} in {place}: {ends, select, yes {until {time}} other {without an end}}.',
  'changed.action': 'See my access',
  'changed.closing': 'You get this because what you may do has changed. If it looks wrong, ask your administrator.',
  'digest.lead': 'Since {time}, this has changed of what you may do at {organization}:',
  'digest.gained': 'You now hold {role} in {place}, through: {through}.',
  'digest.lost': 'You no longer hold {role} in {place}. It came through: {through}.',
  'digest.withheld': 'The rule {rule} withholds {role} in {place} from you. You would hold it through: {through}.',
  'digest.allowCounts': 'Your own permission {permission} in {place} now counts, since you hold a role there.',
  'digest.allowPauses': 'Your own permission {permission} in {place} no longer counts, since you hold no role there.',
  'digest.denyCounts': 'That {permission} in {place} is refused to you alone now counts, since you hold a role there.',
  'digest.denyPauses':
    'That {permission} in {place} is refused to you alone no longer counts, since you hold no role there.',
  'digest.roleAllows': 'The role {role} now allows: {permissions}.',
  'digest.roleRefuses': 'The role {role} no longer allows: {permissions}.',
  'digest.by': 'Changed by {name}.',
  'digest.more': 'And {count, plural, one {# more change} other {# more changes}}.',
  'through.direct': 'directly: {reason}',
  'through.team': 'team {name}',
  'through.filter': 'filter {filter}',
  'through.group': 'group {name}',
  'through.inside': '{name} in {outer}',
} as const
