"""SQLAlchemy: reflection, expressions, inserts, the objects of its ORM."""
import datetime
from decimal import Decimal

from google.cloud.bigquery import QueryJobConfig
from sqlalchemy import Column, Date, Integer, MetaData, Numeric, String, Table, create_engine, func, inspect, select
from sqlalchemy.orm import Session, declarative_base

from reach import PROJECT, dataset, same

c = dataset("py_alchemy")
c.default_query_job_config = QueryJobConfig(default_dataset=f"{PROJECT}.py_alchemy")
engine = create_engine(f"bigquery://{PROJECT}/py_alchemy?user_supplied_client=True", connect_args={"client": c})
votes = Table("counts", MetaData(), autoload_with=engine)
same([col.name for col in votes.columns], ["candidate", "day", "votes", "share"])
with engine.connect() as connection:
    same(connection.execute(select(votes.c.candidate, votes.c.share).where(votes.c.votes > 2)).all(), [("Rivera", Decimal("0.6"))])
    same(connection.execute(select(func.sum(votes.c.votes))).scalar(), 5)

Base = declarative_base()


class Station(Base):
    __tablename__ = "stations"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    opened = Column(Date)
    share = Column(Numeric)


Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Station(id=1, name="Station-1", opened=datetime.date(2026, 11, 3), share=Decimal("0.25")), Station(id=2, name="Station-2")])
    session.commit()
    same([(s.name, s.share) for s in session.scalars(select(Station).order_by(Station.id))], [("Station-1", Decimal("0.25")), ("Station-2", None)])
same(sorted(inspect(engine).get_table_names()), ["counts", "stations"])
