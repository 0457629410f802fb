// FaultList: the faults that the server can play, as GET /lab lists them.

export interface ListedFault {
  name: string;
  group: string;
  syntax: string;
  sample: string;
  does: string;
  client: string;
}

export async function loadFaults(): Promise<ListedFault[]> {
  const response = await fetch('lab', { headers: { Accept: 'application/json' } });
  const { faults } = (await response.json()) as { faults: ListedFault[] };
  const plain = (text: string) => text.replaceAll('`', '');
  return faults.map((fault) => ({ ...fault, does: plain(fault.does), client: plain(fault.client) }));
}
