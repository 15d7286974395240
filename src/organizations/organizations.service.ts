import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../common/ids';
import { Organization } from './organization.entity';

@Injectable()
export class OrganizationsService {
  /** The organization that was made first, which is the only one on most servers. */
  async findFirst(manager: EntityManager): Promise<Organization | null> {
    const [first] = await manager.find(Organization, { order: { createdAt: 'ASC', id: 'ASC' }, take: 1 });
    return first ?? null;
  }

  async create(manager: EntityManager, name: string): Promise<Organization> {
    const organization: Organization = { id: newId(), name, createdAt: Date.now() };
    await manager.insert(Organization, organization);
    return organization;
  }
}
