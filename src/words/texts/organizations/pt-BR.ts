// Com “você”.
import type { en } from './en.ts'

export const ptBR = {
  'orgs.title': 'Suas organizações',
  'orgs.choose': 'Escolha uma organização',
  'orgs.lead': 'Neste dispositivo, você está conectado em:',
  'orgs.here': '<b>{organization}</b>, como {name} (agora)',
  'orgs.continue': 'Continuar em {organization}, como {name}',
  'orgs.switch': 'Mudar para {organization}, como {name}',
  'orgs.signInAt': 'Entrar em {organization}, como {name}',
  'orgs.another': 'Entrar em outra organização',
  'orgs.signOutAll': 'Sair de todas',
  'orgs.links': 'Contas vinculadas',
  'orgs.linksText':
    'As contas vinculadas à sua em {organization} são oferecidas aqui em todos os dispositivos. Nenhuma organização fica sabendo que você tem conta em outro lugar.',
  'orgs.link': 'Vincular a {organization}',
  'orgs.unlink': 'Desvincular {organization}',
  'orgs.ended': 'Essa sessão terminou',
  'orgs.endedText': 'Entre lá de novo.',
  'orgs.linked': 'As contas estão vinculadas',
  'orgs.linkedText': 'Nenhuma das duas organizações é avisada.',
  'orgs.unlinked': 'As contas não estão mais vinculadas',
  'orgs.unlinkedText': 'Suas sessões não são afetadas.',
  'orgs.proveThere': 'Confirme sua identidade lá também',
  'orgs.proveThereText': 'Mude para lá, confirme que é você e vincule as contas em até dez minutos.',
  'orgs.sendNow': 'Enviar o formulário agora?',
  'orgs.sendNowLead': 'Nada foi enviado ainda. Continue só se foi você que preencheu isto.',
  'orgs.send': 'Enviar o formulário',
  'orgs.cancel': 'Cancelar',
} as const satisfies Record<keyof typeof en, string>
