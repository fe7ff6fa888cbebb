// Com “você”.
import type { en } from './en.ts'

export const ptBR = {
  'mail.administrator': 'Um administrador de {organization}',
  'mail.held': '{role} em {place}',
  'mail.heldUntil': '{role} em {place} até {time}',
  'invitation.subject': 'Convite para {organization}',
  'invitation.lead': '{inviter} convida você para {organization}.',
  'invitation.roles': 'Seus papéis: {roles}.',
  'invitation.allowed': 'Como exceção, você pode: {permissions}.',
  'invitation.denied': 'Como exceção, você não pode: {permissions}.',
  'invitation.choose':
    'Para criar sua conta, abra o link e escolha uma senha ou uma chave de acesso. Depois disso, você entra com este endereço de e-mail.',
  'invitation.provider':
    'Você não precisa de uma nova senha: abra o link e entre com {provider}, como no resto do seu trabalho.',
  'invitation.action': 'Aceitar o convite',
  'invitation.closing':
    'O link é só para você, funciona uma vez e vale até {time}. Se você não esperava esta mensagem, não precisa fazer nada.',
  'newPassword.subject': 'Escolha uma nova senha para {organization}',
  'newPassword.lead': 'Alguém, provavelmente você, pediu uma nova senha para {name} em {organization}.',
  'newPassword.action': 'Escolher uma nova senha',
  'newPassword.closing':
    'O link funciona uma vez, por {minutes, plural, one {# minuto} many {# minutos} other {# minutos}}. Se você não pediu, não faça nada: sua senha continua a mesma.',
  'passwordChanged.subject': 'Sua senha de {organization} foi alterada',
  'passwordChanged.lead':
    'A senha de {name} em {organization} acabou de ser alterada, e sua sessão foi encerrada nos outros lugares.',
  'passwordChanged.closing':
    'Se foi você, não há nada a fazer. Se não foi, escolha uma nova senha em {url} e avise seu administrador.',
  'newAddress.subject': 'Confirme seu novo endereço em {organization}',
  'newAddress.lead': '{name} em {organization} quer entrar com este endereço de agora em diante.',
  'newAddress.action': 'Confirmar o endereço',
  'newAddress.closing':
    'O link funciona uma vez, por {hours, plural, one {# hora} many {# horas} other {# horas}}, onde {name} tiver uma sessão aberta. Se você não esperava isto, não faça nada.',
  'addressChanged.subject': 'Seu endereço em {organization} foi alterado',
  'addressChanged.lead': '{name} em {organization} entra com {email} de agora em diante, e não mais com este endereço.',
  'addressChanged.closing': 'Se não foi você, avise seu administrador imediatamente.',
  'linked.subject': '{connection} agora pode abrir sua sessão em {organization}',
  'linked.lead':
    'Uma entrada por {connection} acabou de ser vinculada a {name} em {organization}. Quem tem essa conta pode entrar no seu lugar.',
  'linked.action': 'Não fui eu: desfazer',
  'linked.closing':
    'Se você esperava isto, não há nada a fazer. O link remove essa forma de entrar e funciona uma vez, por {days, plural, one {# dia} many {# dias} other {# dias}}; nada acontece antes da sua confirmação.',
  'ending.subject': 'Seu acesso a {place} termina em {date}',
  'ending.subjectOf': 'O acesso de {holder} a {place} termina em {date}',
  'ending.lead':
    'Em {time} termina sua atribuição: {role} em {place}. O que ela permite é recusado a partir desse momento.',
  'ending.leadOf':
    'Em {time} termina a atribuição de {holder}: {role} em {place}. O que ela permite é recusado a partir desse momento.',
  'ending.action': 'Prolongar a atribuição',
  'ending.closing':
    'Se você precisar dela por mais tempo, peça ao seu administrador, que pode mudar a data de término.',
  'ending.closingOf':
    'Você consta como responsável. Se a atribuição for necessária por mais tempo, mude a data de término ou peça a um administrador. Se não, não há nada a fazer.',
  'inactive.subject': 'Sua conta em {organization} será desativada em {date}',
  'inactive.lead':
    'Ninguém usa sua conta em {organization} desde {since}. Se continuar assim, ela será desativada em {time}: você não poderá mais entrar, e suas sessões terminam.',
  'inactive.keep': 'Para mantê-la, entre uma vez antes disso. Não há mais nada a fazer.',
  'inactive.closing': 'Se você não precisa mais da conta, não há nada a fazer. Um administrador pode ativá-la de novo.',
  'changed.subject': 'Seu acesso em {organization} mudou',
  'changed.roleGiven':
    '{who} deu a você o papel {role} em {place}{ends, select, yes { até {time}} other {}}{replaces, select, yes {, no lugar de {former}} other {}}.',
  'changed.roleTaken': '{who} retirou de você o papel {role} em {place}.',
  'changed.roleMoved':
    '{who} mudou o término do papel {role} em {place}: você o tem {ends, select, yes {até {time}} other {sem data de término}}.',
  'changed.allowGiven':
    '{who} deu a você a permissão {permission} em {place}{ends, select, yes { até {time}} other {}}.',
  'changed.allowTaken': '{who} retirou de você a permissão {permission} em {place}.',
  'changed.allowMoved':
    '{who} mudou o término da permissão {permission} em {place}: você a tem {ends, select, yes {até {time}} other {sem data de término}}.',
  'changed.denyGiven':
    '{who} retirou de você a permissão {permission} em {place}{ends, select, yes { até {time}} other {}}.',
  'changed.denyTaken': '{who} devolveu a você a permissão {permission} em {place}.',
  'changed.denyMoved':
    '{who} mudou até quando você fica sem a permissão {permission} em {place}: {ends, select, yes {até {time}} other {sem data de término}}.',
  'changed.action': 'Ver meu acesso',
  'changed.closing':
    'Você recebe esta mensagem porque mudou o que você pode fazer. Se algo parecer errado, fale com seu administrador.',
  'digest.lead': 'Desde {time}, isto mudou no seu acesso em {organization}:',
  'digest.gained': 'Agora você tem {role} em {place}, por: {through}.',
  'digest.lost': 'Você não tem mais {role} em {place}. Vinha de: {through}.',
  'digest.withheld': 'A regra {rule} impede que você tenha {role} em {place}. Você o teria por: {through}.',
  'digest.allowCounts': 'Sua permissão própria {permission} em {place} agora vale, porque você tem um papel lá.',
  'digest.allowPauses':
    'Sua permissão própria {permission} em {place} não vale mais, porque você não tem nenhum papel lá.',
  'digest.denyCounts': 'A recusa própria de {permission} em {place} agora vale, porque você tem um papel lá.',
  'digest.denyPauses':
    'A recusa própria de {permission} em {place} não vale mais, porque você não tem nenhum papel lá.',
  'digest.roleAllows': 'O papel {role} agora permite: {permissions}.',
  'digest.roleRefuses': 'O papel {role} não permite mais: {permissions}.',
  'digest.by': 'Alterado por {name}.',
  'digest.more': 'E mais {count, plural, one {# mudança} many {# mudanças} other {# mudanças}}.',
  'through.direct': 'diretamente: {reason}',
  'through.team': 'equipe {name}',
  'through.filter': 'filtro {filter}',
  'through.group': 'grupo {name}',
  'through.inside': '{name} em {outer}',
} as const satisfies Record<keyof typeof en, string>
