import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../common/ids';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { Organization } from './organization.entity';

@Injectable()
export class OrganizationsService {
  /** The organization that was created first, which is the only one on most servers. */
  async findFirst(manager: EntityManager): Promise<Organization | null> {
    const [first] = await manager.find(Organization, { order: { createdAt: 'ASC', id: 'ASC' }, take: 1 });
    return first ?? null;
  }

  /** Lists all organizations, oldest first. */
  list(manager: EntityManager): Promise<Organization[]> {
    return manager.find(Organization, { order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** Creates an organization in the caller's transaction. */
  async create(manager: EntityManager, audit: AuditRecorder, by: Actor, name: string): Promise<Organization> {
    const organization: Organization = { id: newId(), name, createdAt: Date.now() };
    await manager.insert(Organization, organization);
    const { id } = organization;
    audit({ by, action: 'organization.created', organizationId: id, target: { type: 'organization', id, name } });
    return organization;
  }
}
